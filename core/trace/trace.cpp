#include "core/trace/trace.h"

namespace headlight {

std::shared_ptr<const LayerAttention> Trace::layer(AttentionSite site) const
{
    for (const auto& layer : m_layers)
        if (layer->site == site)
            return layer;
    return nullptr;
}

std::shared_ptr<const LayerComputation> Trace::computation(AttentionSite site) const
{
    for (const auto& layer : m_computations)
        if (layer->site == site)
            return layer;
    return nullptr;
}

std::shared_ptr<const ExpertChoice> Trace::experts(AttentionSite site) const
{
    for (const auto& choice : m_experts)
        if (choice->site == site)
            return choice;
    return nullptr;
}

std::vector<std::shared_ptr<const LayerAttention>> Trace::layers(AttentionKind kind) const
{
    std::vector<std::shared_ptr<const LayerAttention>> found;
    for (const auto& layer : m_layers)
        if (layer->site.kind == kind)
            found.push_back(layer);
    return found;
}

std::size_t Trace::bytes() const
{
    std::size_t total = 0;
    for (const auto& layer : m_layers) {
        total += layer->source->bytes() + (layer->gradient.empty() ? 0 : layer->gradient.bytes());
        total += layer->maps.empty() ? 0 : layer->maps.bytes();
        total += layer->rows == nullptr ? 0 : layer->rows->values.bytes(); // the source holds the other two
        for (const HeadSummary& summary : layer->summaries)
            total += summary.rows().size_bytes() + summary.thumbnailMax().bytes() + summary.thumbnailMean().bytes();
    }
    for (const auto& choice : m_experts)
        total += choice->experts.size() * (sizeof(std::int32_t) + sizeof(float));
    for (const auto& layer : m_computations)
        total += layer->bytes();
    for (const HiddenState& state : m_hiddenStates)
        total += state.value.bytes();
    for (const auto& [name, value] : m_outputs)
        total += value.bytes();
    return total;
}

float Trace::largestRowSumError() const
{
    float largest = 0.0f;
    for (const auto& layer : m_layers)
        for (const HeadSummary& summary : layer->summaries)
            if (const float error = summary.statistics().rowSumError; !(error <= largest) && !std::isnan(largest))
                largest = error;
    return largest;
}

void Trace::addLayer(LayerAttention layer)
{
    m_layers.push_back(std::make_shared<const LayerAttention>(std::move(layer)));
}

void Trace::setGradient(AttentionSite site, Tensor gradient)
{
    for (auto& layer : m_layers)
        if (layer->site == site) {
            auto copy = std::make_shared<LayerAttention>(*layer);
            copy->gradient = std::move(gradient);
            layer = std::move(copy);
            return;
        }
    HEADLIGHT_CHECK(false, "a gradient for a layer that was not recorded");
}

} // namespace headlight
