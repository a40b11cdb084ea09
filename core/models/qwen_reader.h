#pragma once
// What Qwen's readers of pictures share: a tower whose merged patches stand among the words, and positions in
// time, rows and columns side by side.

#include "core/models/qwen_vision.h"
#include "core/models/seeing_decoder.h"

namespace headlight {

/// Positions in time, rows and columns that share the pairs of the decoder's heads. Source: Wang et al. 2024
/// (Qwen2-VL).
class QwenPositions {
public:
    enum class Sharing { Chunks, Interleaved };
    /// "mrope_section" beside the rotary settings of the text.
    static QwenPositions read(Config& text, Sharing sharing);

    /// Sets the angles of one example in `beside` where they are not those of a text.
    struct Reading {
        std::int64_t pictureToken, side;
        const Rope& rope;
    };
    std::vector<RotaryAngles> angles(
        const ModelInput& input, const WordRows& rows, const Reading& reading, Run& run) const;

private:
    std::size_t axisOf(std::int64_t pair) const;

    Sharing m_sharing = Sharing::Chunks;
    std::vector<std::int64_t> m_sections;
};

/// The two configurations of such a model; older files have the text's keys at the top.
struct QwenParts {
    std::optional<Config> ownText;
    Config vision;
    Config& text(Config& whole) { return ownText ? *ownText : whole; }
    static QwenParts of(Config& config);
};

class QwenReader : public SeeingDecoder {
protected:
    struct Parts {
        RotaryDecoderSettings words;
        QwenTowerConfig tower;
        QwenPositions positions;
        std::int64_t pictureToken;
    };
    struct TowerNames {
        std::array<std::string_view, 2> names; ///< that may stand in front of the tower's parameters
        Linear::Bias patchBias;
        QwenTower::LoadLayer layer;
    };
    QwenReader(Config& config, ParameterSource& source, const Parts& parts, const TowerNames& tower);

    /// In front of all that belongs to the tower.
    std::string m_visual;
    QwenMerger m_merger;

private:
    Status checkPictures(const ModelInput& input) const final { return m_tower.check(input); }
    std::int64_t seenRows(const ModelInput& input) const final { return m_tower.tokens(input); }
    void arrange(const ModelInput& input, const WordRows& rows, Run& run, Beside& beside) const final;
    Seen see(const ModelInput& input, Run& run) const final;
    /// Added to the patches in running order; empty: nothing. Shapes: → [Σ patches,E].
    virtual Var patchPositions(const ModelInput&, const QwenPatches&) const { return {}; }
    /// Hears the states behind each layer of the tower.
    virtual void afterLayer(std::size_t, const Var&, const QwenPatches&, Seen&, Run&) const { }

    QwenPositions m_positions;
    QwenTower m_tower;
};

} // namespace headlight
