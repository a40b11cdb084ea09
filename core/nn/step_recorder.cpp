#include "core/nn/step_recorder.h"

namespace headlight {
namespace {

/// More maps and norms than any family runs between two attentions to project for the second.
constexpr std::size_t recentEvents = 24;

bool same(const Tensor& a, const Tensor& b)
{
    return !a.empty() && a.data() == b.data() && a.count() == b.count();
}

/// For each column of `part` the column of `whole` that holds the same numbers in every row; empty when there
/// is none.
std::vector<std::int64_t> columnsOf(const Tensor& part, const Tensor& whole)
{
    const std::int64_t rows = part.shape().rows(), width = part.shape().columns(),
                       all = whole.shape().columns();
    if (rows == 0 || rows != whole.shape().rows() || all < width)
        return {};
    std::multimap<float, std::int64_t> first; // by the number in row 0
    for (std::int64_t c = 0; c < all; ++c)
        first.emplace(whole.at(c), c);
    const auto equal = [&](std::int64_t a, std::int64_t b) {
        for (std::int64_t r = 0; r < rows; ++r)
            if (part.at(r * width + a) != whole.at(r * all + b))
                return false;
        return true;
    };
    std::vector<std::int64_t> columns;
    for (std::int64_t c = 0; c < width; ++c) {
        const auto [from, to] = first.equal_range(part.at(c));
        const auto found =
            std::find_if(from, to, [&](const auto& candidate) { return equal(c, candidate.second); });
        if (found == to)
            return {};
        columns.push_back(found->second);
    }
    return columns;
}

} // namespace

bool StepRecorder::follows(const Var& value) const
{
    return m_open != nullptr && same(value.value(), m_followed);
}

void StepRecorder::mapped(
    const Var& from, const Var& to, const ParameterRef& weight, const ParameterRef& bias, bool transposed)
{
    MapRecord map{ from.value(), weight->value, bias ? bias->value : Tensor(), transposed, weight->name };
    if (follows(from) && m_open->output.empty()) {
        m_open->output = std::move(map);
        m_open->outcome = m_followed = to.value();
        return;
    }
    m_recent.push_back({ from.value(), to.value(), std::move(map), {} });
    if (m_recent.size() > recentEvents)
        m_recent.pop_front();
}

void StepRecorder::changed(
    const Var& from, const Var& to, const std::string& name, std::vector<std::int64_t> order)
{
    if (follows(from) && !m_open->output.empty()) {
        m_open->between.push_back({ name, to.value(), std::move(order) });
        m_followed = to.value();
        return;
    }
    m_recent.push_back({ from.value(), to.value(), {}, name });
    if (m_recent.size() > recentEvents)
        m_recent.pop_front();
}

void StepRecorder::turned(const Var& query, const Var& key, const RotaryAngles& angles)
{
    m_turned = { query.value(), key.value(), angles.cosines, angles.sines,
        angles.pairs == RotaryPairs::Neighbours };
}

ProjectionRecord StepRecorder::madeBy(const Tensor& value) const
{
    ProjectionRecord record;
    Tensor wanted = value;
    for (auto event = m_recent.rbegin(); event != m_recent.rend(); ++event) {
        if (!same(event->to, wanted))
            continue;
        if (!event->map.empty()) {
            record.map = event->map;
            return record;
        }
        record.norms.insert(record.norms.begin(), event->name);
        wanted = event->from;
    }
    if (wanted.shape().rank() != 2 || wanted.shape().rows() != value.shape().rows())
        return {};
    for (auto event = m_recent.rbegin(); event != m_recent.rend(); ++event)
        if (!event->map.empty() && event->to.dtype() == DType::F32)
            if (record.columns = columnsOf(wanted, event->to); !record.columns.empty()) {
                record.map = event->map;
                return record;
            }
    return {};
}

void StepRecorder::attended(const Attended& attention)
{
    const RotationRecord turned = std::exchange(m_turned, {});
    m_open = std::make_shared<LayerComputation>();
    m_open->site = attention.site;
    m_open->heads = attention.heads;
    m_open->keyHeads = attention.keyHeads;
    m_open->attention = attention.output.steps;
    m_open->context = attention.output.context.value();
    m_open->rotation = turned;
    const bool turns = !turned.empty();
    m_open->projections = { madeBy(turns ? turned.query : attention.query.value()),
        madeBy(turns ? turned.key : attention.key.value()), madeBy(attention.value.value()) };
    m_recent.clear();
    m_followed = m_open->context;
    m_trace.addComputation(m_open);
}

void StepRecorder::added(const Var& residual, const Var& part, const Var& beside, const Var& sum)
{
    if (!follows(part) || m_open->output.empty())
        return;
    m_open->residual = residual.value();
    m_open->beside = beside.value();
    m_open->sum = sum.value();
    m_open = nullptr;
    m_followed = Tensor();
    m_recent.clear();
}

} // namespace headlight
