#include "core/attention/window_global_tape.h"

#include "core/attention/window_global_source.h"

#include <numeric>

namespace headlight {
namespace {

/// A row of a global token: where it lies in all maps, and in those of the global rows alone.
struct RowPlace {
    std::int64_t whole, alone, length;
};

std::vector<RowPlace> globalRows(const AttentionInputs& in)
{
    std::vector<RowPlace> rows;
    std::int64_t begin = 0, alone = 0;
    for (std::size_t s = 0; s + 1 < in.queryBegins.size(); ++s) {
        const std::int64_t length = in.queryBegins[s + 1] - in.queryBegins[s];
        for (int head = 0; head < in.heads; ++head, begin += length * length)
            for (const std::int64_t token : in.globals->tokens[s]) {
                rows.push_back({ begin + token * length, alone, length });
                alone += length;
            }
    }
    return rows;
}

/// The rows of global tokens out of all maps.
Tensor takenOut(const Tensor& maps, const std::vector<RowPlace>& rows, const Shape& shape)
{
    return Tensor::make(shape, [&](std::span<float> out) {
        for (const RowPlace& row : rows)
            std::copy_n(maps.floats().data() + row.whole, row.length, out.data() + row.alone);
    });
}

/// All maps with the rows of global tokens replaced: by `alone`, or by zeros if that is empty.
Tensor putIn(const Tensor& maps, const std::vector<RowPlace>& rows, const Tensor& alone)
{
    return Tensor::make(maps.shape(), [&](std::span<float> out) {
        std::ranges::copy(maps.floats(), out.begin());
        for (const RowPlace& row : rows)
            if (alone.empty())
                std::fill_n(out.data() + row.whole, row.length, 0.0f);
            else
                std::copy_n(alone.floats().data() + row.alone, row.length, out.data() + row.whole);
    });
}

Var joined(const Var& local, const Var& global, const std::vector<RowPlace>& rows)
{
    return Tape::record(putIn(local.value(), rows, global.value()), { &local, &global },
        [rows, shape = global.shape()](const Tensor& gradient, GradientSink& sink) {
            sink.add(0, putIn(gradient, rows, {}));
            sink.add(1, takenOut(gradient, rows, shape));
        });
}

Var rowsOf(const Var& maps, const Shape& shape, const std::vector<RowPlace>& rows)
{
    return Tape::record(takenOut(maps.value(), rows, shape), { &maps }, [rows](const Tensor& gradient, GradientSink& sink) {
        const std::span<float> whole = sink.buffer(0);
        for (const RowPlace& row : rows)
            for (std::int64_t i = 0; i < row.length; ++i)
                whole[std::size_t(row.whole + i)] += gradient.at(row.alone + i);
    });
}

/// For each row of the context: its own, or the one of the global rows, which come after all others.
std::vector<std::int64_t> contextRows(const AttentionInputs& in)
{
    std::vector<std::int64_t> rows(std::size_t(in.queryBegins.back()));
    std::iota(rows.begin(), rows.end(), 0);
    std::int64_t next = in.queryBegins.back();
    for (std::size_t s = 0; s < in.globals->tokens.size(); ++s)
        for (const std::int64_t token : in.globals->tokens[s])
            rows[std::size_t(in.queryBegins[s] + token)] = next++;
    return rows;
}

} // namespace

AttentionOutput attendWindowGlobalOnTape(const AttentionInputs& in, Tape& tape)
{
    AttentionInputs local = in;
    local.globals = nullptr;
    local.span = globalSpan();
    local.bias = WindowGlobalSight::asBias(std::make_shared<const WindowGlobalSight>(in));
    AttentionOutput output = softmaxDot().attend(local, { false, &tape });
    const std::vector<RowPlace> rows = globalRows(in);
    if (rows.empty())
        return output;
    const AttentionInputs global = globalRowInputs(in);
    const Var alone = softmaxDot().attend(global, { false, &tape }).weights;
    output.weights = joined(output.weights, alone, rows);
    const std::array<Var, 2> contexts { weightedValues(local, output.weights),
        weightedValues(global, rowsOf(output.weights, alone.shape(), rows)) };
    output.context = gatherRows(concatenateRows(contexts), contextRows(in));
    return output;
}

} // namespace headlight
