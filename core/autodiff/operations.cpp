#include "core/autodiff/operations.h"

#include "core/base/parallel_for.h"
#include "core/tensor/matmul.h"

namespace headlight {
namespace {

/// Numbers per piece of an element-wise loop.
constexpr std::int64_t elementGrain = 1 << 15;

std::int64_t rowGrain(std::int64_t columns)
{
    return std::max<std::int64_t>(1, elementGrain / std::max<std::int64_t>(1, columns));
}

void forEachElement(std::int64_t count, const std::function<void(std::int64_t, std::int64_t)>& body)
{
    parallelFor(0, count, elementGrain, body);
}

/// dy · weight, in blocks of expanded rows when the weight is stored in another type.
Tensor linearInputGradient(const Tensor& dy, const Tensor& weight, const Shape& inputShape)
{
    const std::int64_t rows = dy.shape().rows(), outer = weight.shape()[0], inner = weight.shape()[1];
    constexpr std::int64_t blockNumbers = 1 << 20;
    const bool whole = weight.dtype() == DType::F32;
    const std::int64_t block = whole ? outer : std::clamp<std::int64_t>(blockNumbers / inner, 1, outer);
    std::vector<float> expanded(whole ? 0 : std::size_t(block * inner));
    const Tensor floats = whole ? weight.toFloat() : Tensor();
    return Tensor::make(inputShape, [&](std::span<float> dx) {
        for (std::int64_t first = 0; first < outer; first += block) {
            const std::int64_t count = std::min(block, outer - first);
            if (!whole)
                weight.expand(first * inner, count * inner, expanded.data());
            multiplyParallel({ rows, inner, count, 1.0f, first == 0 ? 0.0f : 1.0f }, { dy.floats().data() + first, outer },
                { whole ? floats.floats().data() : expanded.data(), inner }, dx.data(), inner);
        }
    });
}

} // namespace

Var linear(const Var& x, const Var& weight, const Var& bias)
{
    Tensor y = linear(x.value(), weight.value(), bias.value());
    return Tape::record(std::move(y), { &x, &weight, &bias },
        [x = x.value(), w = weight.value()](const Tensor& dy, GradientSink& sink) {
            const std::int64_t rows = dy.shape().rows(), outer = w.shape()[0], inner = w.shape()[1];
            if (sink.wants(0))
                sink.add(0, linearInputGradient(dy, w, x.shape()));
            if (sink.wants(1))
                multiplyParallel({ outer, inner, rows, 1.0f, 1.0f }, { dy.floats().data(), outer, Transpose::Yes },
                    { x.floats().data(), inner }, sink.buffer(1).data(), inner);
            if (sink.wants(2))
                kernels::addRows(dy.floats().data(), sink.buffer(2).data(), rows, outer);
        });
}

Var add(const Var& a, const Var& b)
{
    HEADLIGHT_CHECK(a.shape() == b.shape(), fmt::format("{} + {}", a.shape().toString(), b.shape().toString()));
    Tensor sum = Tensor::make(a.shape(), [&](std::span<float> out) {
        forEachElement(a.value().count(), [&](std::int64_t first, std::int64_t last) {
            kernels::add(a.value().floats().data() + first, b.value().floats().data() + first, out.data() + first, last - first);
        });
    });
    return Tape::record(std::move(sum), { &a, &b }, [](const Tensor& gradient, GradientSink& sink) {
        sink.add(0, gradient);
        sink.add(1, gradient);
    });
}

Var linearTransposed(const Var& x, const Var& weight, const Var& bias)
{
    Tensor product = linearTransposed(x.value(), weight.value(), bias.empty() ? Tensor() : bias.value());
    return Tape::record(std::move(product), { &x, &weight, &bias },
        [x = x.value(), weight = weight.value()](const Tensor& dy, GradientSink& sink) {
            const std::int64_t m = dy.shape().rows(), k = weight.shape()[0], n = weight.shape()[1];
            if (sink.wants(0)) {
                const Tensor w = weight.toFloat();
                multiplyParallel({ m, k, n, 1.0f, 1.0f }, { dy.floats().data(), n },
                    { w.floats().data(), n, Transpose::Yes }, sink.buffer(0).data(), k);
            }
            if (sink.wants(1))
                multiplyParallel({ k, n, m, 1.0f, 1.0f }, { x.floats().data(), k, Transpose::Yes },
                    { dy.floats().data(), n }, sink.buffer(1).data(), n);
            if (sink.wants(2))
                kernels::addRows(dy.floats().data(), sink.buffer(2).data(), m, n);
        });
}

Var multiply(const Var& a, const Var& b)
{
    HEADLIGHT_CHECK(a.shape() == b.shape(), fmt::format("{} times {}", a.shape().toString(), b.shape().toString()));
    const auto product = [](const Tensor& left, const Tensor& right) {
        return Tensor::make(left.shape(), [&](std::span<float> out) {
            forEachElement(left.count(), [&](std::int64_t first, std::int64_t last) {
                kernels::multiply(left.floats().data() + first, right.floats().data() + first, out.data() + first, last - first);
            });
        });
    };
    return Tape::record(product(a.value(), b.value()), { &a, &b },
        [product, a = a.value(), b = b.value()](const Tensor& gradient, GradientSink& sink) {
            if (sink.wants(0))
                sink.add(0, product(gradient, b));
            if (sink.wants(1))
                sink.add(1, product(gradient, a));
        });
}

Var scale(const Var& x, float factor)
{
    const auto scaled = [factor](const Tensor& source) {
        return Tensor::make(source.shape(), [&](std::span<float> out) {
            std::transform(source.floats().begin(), source.floats().end(), out.begin(), [factor](float v) { return v * factor; });
        });
    };
    return Tape::record(scaled(x.value()), { &x },
        [scaled](const Tensor& gradient, GradientSink& sink) { sink.add(0, scaled(gradient)); });
}

Var activate(Activation kind, const Var& x)
{
    if (kind == Activation::Identity)
        return x;
    Tensor y = Tensor::make(x.shape(), [&](std::span<float> out) {
        forEachElement(x.value().count(), [&](std::int64_t first, std::int64_t last) {
            kernels::activate(kind, x.value().floats().data() + first, out.data() + first, last - first);
        });
    });
    return Tape::record(std::move(y), { &x }, [kind, x = x.value()](const Tensor& dy, GradientSink& sink) {
        sink.add(0, Tensor::make(x.shape(), [&](std::span<float> out) {
            forEachElement(x.count(), [&](std::int64_t first, std::int64_t last) {
                kernels::activateBackward(
                    kind, x.floats().data() + first, dy.floats().data() + first, out.data() + first, last - first);
            });
        }));
    });
}

namespace {

/// Backward of layerNorm; the sums over rows run in one order, so that they repeat.
void layerNormBackward(const Tensor& x, const Tensor& w, const std::vector<kernels::LayerNormRow>& rows, const Tensor& dy,
    GradientSink& sink)
{
    const std::int64_t width = x.shape().columns();
    float* dWeight = sink.wants(1) ? sink.buffer(1).data() : nullptr;
    float* dBias = sink.wants(2) ? sink.buffer(2).data() : nullptr;
    const Tensor dx = Tensor::make(x.shape(), [&](std::span<float> out) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            kernels::layerNormRowBackward(x.row(std::int64_t(i)).data(), w.floats().data(), dy.row(std::int64_t(i)).data(),
                rows[i], { out.data() + std::int64_t(i) * width, dWeight, dBias }, width);
    });
    sink.add(0, dx);
}

} // namespace

Var layerNorm(const Var& x, const Var& weight, const Var& bias, float epsilon)
{
    const std::int64_t width = x.shape().columns(), count = x.shape().rows();
    const Tensor w = weight.value().toFloat(), b = bias.value().toFloat();
    std::vector<kernels::LayerNormRow> rows(static_cast<std::size_t>(count));
    Tensor y = Tensor::make(x.shape(), [&](std::span<float> out) {
        parallelFor(0, count, rowGrain(width), [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i)
                rows[std::size_t(i)] = kernels::layerNormRow(
                    x.value().row(i).data(), w.floats().data(), b.floats().data(), out.data() + i * width, width, epsilon);
        });
    });
    return Tape::record(std::move(y), { &x, &weight, &bias },
        [x = x.value(), w, rows = std::move(rows)](const Tensor& dy, GradientSink& sink) { layerNormBackward(x, w, rows, dy, sink); });
}

Var embedding(const Var& table, std::span<const std::int64_t> ids)
{
    const std::int64_t vocabulary = table.shape()[0], width = table.shape()[1], count = std::int64_t(ids.size());
    Tensor rows = Tensor::make({ count, width }, [&](std::span<float> out) {
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t id = ids[std::size_t(i)];
            HEADLIGHT_CHECK(id >= 0 && id < vocabulary, fmt::format("index {} into a table of {} rows", id, vocabulary));
            table.value().expand(id * width, width, out.data() + i * width);
        }
    });
    return Tape::record(std::move(rows), { &table },
        [ids = std::vector<std::int64_t>(ids.begin(), ids.end()), width](const Tensor& dy, GradientSink& sink) {
            const std::span<float> gradient = sink.buffer(0);
            for (std::size_t i = 0; i < ids.size(); ++i)
                kernels::accumulate(1.0f, dy.row(std::int64_t(i)).data(), gradient.data() + ids[i] * width, width);
        });
}

Var gatherRows(const Var& x, std::span<const std::int64_t> rows)
{
    return embedding(reshape(x, { x.shape().rows(), x.shape().columns() }), rows);
}

Var concatenateRows(std::span<const Var> parts)
{
    HEADLIGHT_CHECK(!parts.empty(), "a concatenation of nothing");
    const std::int64_t width = parts.front().shape().columns();
    std::int64_t total = 0;
    for (const Var& part : parts) {
        HEADLIGHT_CHECK(part.shape().columns() == width, "parts of different width");
        total += part.shape().rows();
    }
    Tensor joined = Tensor::make({ total, width }, [&](std::span<float> out) {
        auto position = out.begin();
        for (const Var& part : parts)
            position = std::copy(part.value().floats().begin(), part.value().floats().end(), position);
    });
    std::vector<std::int64_t> counts;
    for (const Var& part : parts)
        counts.push_back(part.shape().rows());
    return Tape::record(std::move(joined), parts, [counts](const Tensor& gradient, GradientSink& sink) {
        std::int64_t first = 0;
        for (std::size_t i = 0; i < counts.size(); first += counts[i++])
            sink.add(i, gradient.slice(first, first + counts[i]));
    });
}

Var reshape(const Var& x, const Shape& shape)
{
    if (x.shape() == shape)
        return x;
    return Tape::record(x.value().reshaped(shape), { &x },
        [](const Tensor& gradient, GradientSink& sink) { sink.add(0, gradient); });
}

namespace {

/// The finaliser of SplitMix64: consecutive multiples of an odd constant become independent draws, without a state that
/// each would have to wait for. Source: Steele, Lea, Flood 2014, Fast splittable pseudorandom number generators.
std::uint64_t scrambled(std::uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

} // namespace

Var dropout(const Var& x, float probability, std::mt19937_64& random)
{
    if (probability <= 0.0f)
        return x;
    const auto threshold = std::uint64_t(double(probability) * 0x1p32);
    const float keep = 1.0f / (1.0f - probability);
    const Tensor mask = Tensor::make(x.shape(), [&](std::span<float> out) {
        const std::uint64_t seed = random();
        for (std::size_t i = 0; i < out.size(); i += 2) { // two decisions per 64-bit draw
            const std::uint64_t draw = scrambled(seed + i * 0x9e3779b97f4a7c15u);
            out[i] = (draw & 0xffffffffu) < threshold ? 0.0f : keep;
            if (i + 1 < out.size())
                out[i + 1] = (draw >> 32) < threshold ? 0.0f : keep;
        }
    });
    const auto masked = [mask](const Tensor& source) {
        return Tensor::make(source.shape(), [&](std::span<float> out) {
            kernels::multiply(source.floats().data(), mask.floats().data(), out.data(), source.count());
        });
    };
    return Tape::record(masked(x.value()), { &x },
        [masked](const Tensor& gradient, GradientSink& sink) { sink.add(0, masked(gradient)); });
}

Var crossEntropy(const Var& logits, std::span<const std::int64_t> targets, float smoothing)
{
    const std::int64_t rows = logits.shape().rows(), classes = logits.shape().columns();
    HEADLIGHT_CHECK(rows == std::int64_t(targets.size()), "one target per row");
    double loss = 0.0;
    // Kept for the gradient: softmax(logits) - wanted distribution.
    Tensor difference = Tensor::make({ rows, classes }, [&](std::span<float> out) {
        std::copy(logits.value().floats().begin(), logits.value().floats().end(), out.begin());
        for (std::int64_t i = 0; i < rows; ++i) {
            float* row = out.data() + i * classes;
            const std::int64_t target = targets[std::size_t(i)];
            HEADLIGHT_CHECK(target >= 0 && target < classes, fmt::format("class {} of {}", target, classes));
            const std::span<const float> scores = logits.value().row(i);
            const float logSum = kernels::softmaxRow(row, classes);
            for (std::int64_t c = 0; c < classes; ++c) {
                const float wanted = smoothing / float(classes) + (c == target ? 1.0f - smoothing : 0.0f);
                loss += double(wanted) * double(logSum - scores[std::size_t(c)]);
                row[c] -= wanted;
            }
        }
    });
    Tensor mean = Tensor::filled({ 1 }, float(loss / double(rows)));
    return Tape::record(std::move(mean), { &logits }, [difference, rows](const Tensor& gradient, GradientSink& sink) {
        sink.add(0, scale(Var(difference), gradient.at(0) / float(rows)).value());
    });
}

Var weightedSum(const Var& x, const Tensor& weights)
{
    HEADLIGHT_CHECK(x.value().count() == weights.count(), "one weight per number");
    double sum = 0.0;
    for (std::size_t i = 0; i < weights.floats().size(); ++i)
        sum += double(weights.floats()[i]) * double(x.value().floats()[i]);
    return Tape::record(Tensor::filled({ 1 }, float(sum)), { &x }, [weights](const Tensor& gradient, GradientSink& sink) {
        sink.add(0, scale(Var(weights), gradient.at(0)).value());
    });
}

} // namespace headlight
