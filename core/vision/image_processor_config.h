#pragma once
// What preprocessor_config.json asks for, read into one struct whatever the processor's class; and back into
// a file.

#include "core/base/expected.h"
#include "core/vision/resize_rule.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace headlight {

/// A step that is absent is not done. Steps run in the order of the fields.
struct ImageProcessorConfig {
    struct Normalisation {
        std::array<double, Image::channels> mean{};
        std::array<double, Image::channels> deviation{};
    };
    struct Padding {
        std::optional<PixelSize> size; ///< none: as large as the largest picture of the batch
        bool givesMask = false; ///< whether the model is told which pixels are real
    };

    /// Large pictures are cut into squares, with a small picture of all of it behind them (Idefics3).
    struct Tiles {
        int side = 364;
        bool cut = true; ///< else there is the small picture only
    };
    /// What the processor itself cuts a picture into.
    struct Patches {
        int side = 0, merged = 1; ///< pixels of a patch; patches along a square that becomes one token
        int frames = 1; ///< a patch reaches over so many; a picture is repeated
    };
    /// What stands in a text in place of the picture, around the tokens of each of its parts (PictureText writes it).
    enum class Words {
        None, ///< pictures do not stand in texts
        Tiles, ///< Idefics3, SmolVLM
        SoftTokens, ///< Gemma 3
        VisionSpan, ///< Qwen-VL
    };

    std::string type = "ViT"; ///< class name in front of "ImageProcessor"
    std::optional<ResizeRule> resize;
    std::optional<PixelSize> crop; ///< from the middle; a smaller picture gets a black border
    std::optional<double> rescale; ///< factor on the 8-bit samples
    std::optional<Normalisation> normalise;
    std::optional<Padding> padding = {}; ///< zeros, right and below, after normalising
    std::optional<Tiles> tiles = {}; ///< in place of the crop
    Words words = Words::None;
    std::optional<Patches> patches = {};
};

/// Reads `folder`/preprocessor_config.json; a file that does not name its class is read by the model_type of
/// config.json. Errors: NotFound, BadFile (a value of a wrong type or out of range), Unsupported (a class
/// that is not known, by name).
Expected<ImageProcessorConfig> readImageProcessorConfig(const std::filesystem::path& folder);
/// The same from the text of a preprocessor_config.json that names its class; `where` names it in messages.
Expected<ImageProcessorConfig> parseImageProcessorConfig(std::string_view json, std::string_view where);

/// Writes `folder`/preprocessor_config.json as Hugging Face reads it. Errors: Unwritable.
Status writeImageProcessorConfig(const std::filesystem::path& folder, const ImageProcessorConfig& config);

} // namespace headlight
