// Softmax of scaled dot products where most tokens see a window around them, and a few global ones see all and are seen
// by all, with projections of their own. Source: Beltagy et al. 2020 (Longformer), §3.1. Limits: what lies outside of
// a window is reached through global tokens or the layers below; work grows with the window, not with the length.

#include "core/attention/softmax_dot_steps.h"
#include "core/attention/window_global_source.h"
#include "core/attention/window_global_tape.h"
#include "core/base/parallel_for.h"
#include "core/tensor/matmul.h"

namespace headlight {
namespace {

/// Query rows whose scores are in flight at a time.
constexpr std::int64_t tileRows = 64;
constexpr float masked = -std::numeric_limits<float>::infinity();

/// What is gathered per head while the weights are at hand.
struct Recording {
    std::vector<HeadSummary> summaries;
    std::vector<float> logSumExp; ///< [H,T]
    std::int64_t length;
    explicit Recording(const AttentionInputs& in)
        : summaries(std::size_t(in.heads), HeadSummary(in.queryBegins.back(), in.queryBegins.back()))
        , logSumExp(std::size_t(in.heads * in.queryBegins.back()))
        , length(in.queryBegins.back())
    {
    }
    void addRow(int head, std::int64_t query, std::span<const float> row, float rowLogSumExp)
    {
        logSumExp[std::size_t(head * length + query)] = rowLogSumExp;
        summaries[std::size_t(head)].addRow(query, row);
    }
};

/// Keys and values of the global tokens of one head, side by side, for the local queries.
struct GlobalKeys {
    std::vector<float> keys, values; ///< [g,D]
    std::vector<std::uint8_t> seen; ///< 0: masked
    std::int64_t count, size;
};

class WindowPass {
public:
    WindowPass(const AttentionInputs& in, const WindowGlobalSight& sight, Recording* recording, float* context)
        : m_in(in)
        , m_global(globalRowInputs(in))
        , m_sight(sight)
        , m_recording(recording)
        , m_context(context)
        , m_width(in.v.shape().columns())
        , m_size(m_width / in.heads)
    {
    }
    void run(std::int64_t sequence, int head) const
    {
        localRows(sequence, head);
        globalRows(sequence, head);
    }

private:
    const std::vector<std::int64_t>& tokens(std::int64_t sequence) const { return m_in.globals->tokens[std::size_t(sequence)]; }
    std::int64_t offset(std::int64_t sequence, int head) const
    {
        return m_in.queryBegins[std::size_t(sequence)] * m_width + head * m_size;
    }

    GlobalKeys globalKeys(const HeadTile& tile) const
    {
        GlobalKeys g { {}, {}, {}, std::int64_t(tokens(tile.place.sequence).size()), m_size };
        const float* values = m_in.v.value().floats().data() + offset(tile.place.sequence, tile.place.head);
        for (const std::int64_t token : tokens(tile.place.sequence)) {
            const float *key = tile.k + token * tile.keyStride, *value = values + token * m_width;
            g.keys.insert(g.keys.end(), key, key + m_size);
            g.values.insert(g.values.end(), value, value + m_size);
            g.seen.push_back(tile.keyMask.empty() ? 1 : tile.keyMask[std::size_t(token)]);
        }
        return g;
    }

    /// A tile of rows at a time: scores of global keys and of the window in one row, one softmax over both.
    void localRows(std::int64_t sequence, int head) const
    {
        const HeadTile tile = headTile(m_in, sequence, head);
        const GlobalKeys global = globalKeys(tile);
        const float* values = m_in.v.value().floats().data() + offset(sequence, head);
        float* context = m_context + offset(sequence, head);
        std::vector<float> window, rows;
        for (std::int64_t first = 0; first < tile.queries(); first += tileRows) {
            const std::int64_t last = std::min(first + tileRows, tile.queries());
            const KeyRange keys = tile.range(first, last);
            const Block block { first, last, keys.first, keys.last };
            const std::int64_t width = global.count + block.columns();
            window.resize(std::size_t(block.rows() * block.columns()));
            rows.resize(std::size_t(block.rows() * width));
            tile.scores(block, window.data());
            if (global.count > 0)
                multiply({ block.rows(), global.count, m_size, m_in.scale }, { tile.q + first * tile.queryStride, tile.queryStride },
                    { global.keys.data(), m_size, Transpose::Yes }, rows.data(), width);
            for (std::int64_t i = 0; i < block.rows(); ++i)
                finishRow(tile, first + i, keys, global, window.data() + i * block.columns(), rows.data() + i * width);
            if (block.columns() > 0)
                multiply({ block.rows(), m_size, block.columns() }, { rows.data() + global.count, width },
                    { values + keys.first * m_width, m_width }, context + first * m_width, m_width);
            if (global.count > 0)
                multiply({ block.rows(), m_size, global.count, 1.0f, block.columns() > 0 ? 1.0f : 0.0f }, { rows.data(), width },
                    { global.values.data(), m_size }, context + first * m_width, m_width);
        }
    }

    /// `row` holds the scores of the global keys and takes those of the window behind them; weights come out.
    void finishRow(const HeadTile& tile, std::int64_t query, const KeyRange& keys, const GlobalKeys& global,
        const float* window, float* row) const
    {
        const std::vector<std::int64_t>& globalTokens = tokens(tile.place.sequence);
        const std::int64_t columns = keys.last - keys.first;
        float* behind = row + global.count;
        std::copy_n(window, columns, behind);
        for (std::int64_t g = 0; g < global.count; ++g) {
            const std::int64_t token = globalTokens[std::size_t(g)];
            if (global.seen[std::size_t(g)] == 0)
                row[g] = masked;
            if (token >= keys.first && token < keys.last)
                behind[token - keys.first] = masked; // counted once, among the global keys
        }
        const float logSumExp = kernels::softmaxRow(row, global.count + columns);
        if (m_recording == nullptr || m_sight.globalPlace(tile.place.sequence, query) >= 0)
            return;
        thread_local std::vector<float> whole;
        whole.assign(std::size_t(tile.keys()), 0.0f);
        std::copy_n(behind, columns, whole.begin() + keys.first);
        for (std::int64_t g = 0; g < global.count; ++g)
            whole[std::size_t(globalTokens[std::size_t(g)])] = row[g];
        m_recording->addRow(tile.place.head, query, whole, logSumExp);
    }

    /// Global tokens see every key; their contexts take the places of what they would have seen in their windows.
    void globalRows(std::int64_t sequence, int head) const
    {
        const std::vector<std::int64_t>& rows = tokens(sequence);
        if (rows.empty())
            return;
        const HeadTile tile = headTile(m_global, sequence, head);
        const float* values = m_global.v.value().floats().data() + offset(sequence, head);
        std::vector<float> row(std::size_t(tile.keys()));
        for (std::int64_t g = 0; g < tile.queries(); ++g) {
            tile.scores({ g, g + 1, 0, tile.keys() }, row.data());
            const float logSumExp = kernels::softmaxRow(row.data(), tile.keys());
            multiply({ 1, m_size, tile.keys() }, { row.data(), tile.keys() }, { values, m_width },
                m_context + offset(sequence, head) + rows[std::size_t(g)] * m_width, m_width);
            if (m_recording != nullptr)
                m_recording->addRow(head, rows[std::size_t(g)], row, logSumExp);
        }
    }

    const AttentionInputs& m_in;
    AttentionInputs m_global;
    const WindowGlobalSight& m_sight;
    Recording* m_recording;
    float* m_context;
    std::int64_t m_width, m_size;
};

void checkInputs(const AttentionInputs& in, const AttentionRequest& request)
{
    const auto sequences = in.queryBegins.size() - 1;
    HEADLIGHT_CHECK(!request.record || sequences == 1, "only a single sequence can be recorded");
    HEADLIGHT_CHECK(in.keyHeadCount() == in.heads && in.bias == nullptr && in.softCap == 0.0f && in.windows == nullptr,
        "global tokens beside what they do not go with");
    HEADLIGHT_CHECK(in.queryBegins == in.keyBegins && in.globals->tokens.size() == sequences, "global tokens of other sequences");
}

class WindowGlobal final : public AttentionMechanism {
public:
    std::string_view id() const override { return "window-global"; }
    std::string_view title() const override { return "softmax of scaled dot products in a window, with global tokens"; }
    std::string_view paper() const override { return "Beltagy et al. 2020, Longformer: The Long-Document Transformer, §3.1"; }
    bool stochastic() const override { return true; }

    AttentionOutput attend(const AttentionInputs& in, const AttentionRequest& request) const override
    {
        if (in.globals == nullptr)
            return softmaxDot().attend(in, request);
        checkInputs(in, request);
        AttentionOutput output;
        if (request.tape != nullptr)
            output = attendWindowGlobalOnTape(in, *request.tape);
        if (request.tape != nullptr && !request.record)
            return output;
        std::optional<Recording> recording;
        if (request.record)
            recording.emplace(in);
        const Var context = windowContext(in, recording ? &*recording : nullptr);
        if (request.tape == nullptr)
            output.context = context;
        if (recording)
            finish(in, *recording, output);
        if (recording && request.steps)
            output.steps = windowGlobalStepSource(in, output.source, output.context.value());
        return output;
    }

private:
    static Var windowContext(const AttentionInputs& in, Recording* recording)
    {
        const WindowGlobalSight sight(in);
        const auto sequences = std::int64_t(in.queryBegins.size()) - 1;
        return Var(Tensor::make(in.v.shape(), [&](std::span<float> out) {
            const WindowPass pass(in, sight, recording, out.data());
            parallelFor(0, sequences * in.heads, 1, [&](std::int64_t first, std::int64_t last) {
                for (std::int64_t i = first; i < last; ++i)
                    pass.run(i / in.heads, int(i % in.heads));
            });
        }));
    }
    static void finish(const AttentionInputs& in, Recording& recording, AttentionOutput& output)
    {
        for (HeadSummary& summary : recording.summaries)
            summary.finish();
        output.summaries = std::move(recording.summaries);
        const auto source = std::make_shared<const WindowGlobalSource>(in, std::move(recording.logSumExp));
        output.source = source;
        output.exported = [source](int layer) { return source->exported(layer); };
    }
};

} // namespace

const AttentionMechanism& windowGlobal()
{
    static const WindowGlobal mechanism;
    return mechanism;
}

} // namespace headlight
