#include "app/against_options.h"

#include "app/input_options.h"
#include "ui/session/kept_inputs.h"
#include "ui/session/sites.h"

#include <numeric>

namespace headlight {

using namespace ui;

void AgainstOptions::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option("--against", m_model, "View compare: the model of the other side (the same without it)")
        ->type_name("MODEL");
    app.add_option(
        "--against-text", m_text, "View compare: the text of the other side (the same without it)");
    app.add_option(
           "--against-layer", m_layer, "View compare: the layer of the other side (the same without it)")
        ->check(CLI::NonNegativeNumber)
        ->type_name("L");
    app.add_option(
        "--against-head", m_head, "View compare: head of the other side, as --head (the same without it)");
}

bool AgainstOptions::given() const
{
    for (const char* option : { "--against", "--against-text", "--against-layer", "--against-head" }) {
        if (m_app->count(option) > 0)
            return true;
    }
    return false;
}

std::vector<std::string> AgainstOptions::said() const
{
    static constexpr const char* names[]{ "--against-text", "--against-layer", "--against-head" };
    static constexpr const char* files[]{ "--against" };
    return saidOptions(*m_app, names, files);
}

Expected<std::shared_ptr<const AnalysisResult>> AgainstOptions::result(
    const Engine& engine, const SideA& a, const JobControl& job) const
{
    const bool otherText = m_app->count("--against-text") > 0;
    if (m_model.empty() && !otherText)
        return a.result;
    auto model = a.result->model;
    if (!m_model.empty()) {
        HEADLIGHT_TRY(model, engine.open(m_model, job));
    }
    AnalysisRequest request = a.request;
    if (otherText) {
        if (std::holds_alternative<IdsInput>(request.input) || std::holds_alternative<SoundInput>(request.input)
            || std::holds_alternative<TensorInput>(request.input))
            throw CLI::ValidationError("--against-text", "it needs --text for the other side to differ from");
        request.input = withText(std::move(request.input), m_text);
    }
    return engine.run(model, request, job);
}

Expected<std::shared_ptr<const ComparedSide>> AgainstOptions::side(
    const Engine& engine, const SideA& a, const JobControl& job) const
{
    HEADLIGHT_TRY(const auto other, result(engine, a, job));
    Selection selection = a.selection;
    selection.queries.clear();
    selection.key.reset();
    if (m_layer >= 0)
        selection.layer = m_layer;
    selection = clamped(selection, *other);
    const auto layers = layersOf(*other, SiteGroup::of(selection));
    if (layers.empty())
        return Error{ ErrorKind::Unsupported,
            "The other side recorded no attention weights: there is nothing to compare with." };
    if (m_layer >= 0 && selection.layer != m_layer)
        throw CLI::ValidationError("--against-layer",
            fmt::format("there is no layer {}; the other side has {} to {}", m_layer,
                layers.front()->site.layer, layers.back()->site.layer));
    if (!m_head.empty())
        chooseHeads(selection, *layerOf(*other, selection), "--against-head", m_head);
    return std::shared_ptr<const ComparedSide>(
        std::make_shared<const ComparedSide>(ComparedSide{ other, selection, {} }));
}

void chooseHeads(
    Selection& selection, const LayerAttention& layer, const std::string& option, const std::string& wanted)
{
    if (wanted == "mean" || wanted == "max") {
        selection.heads.resize(std::size_t(layer.heads));
        std::iota(selection.heads.begin(), selection.heads.end(), 0);
        selection.join = wanted == "mean" ? HeadJoin::Mean : HeadJoin::Max;
        return;
    }
    const auto heads = numberList(option, wanted);
    selection.heads.clear();
    for (const std::int64_t head : heads) {
        if (head < 0 || head >= layer.heads)
            throw CLI::ValidationError(option,
                fmt::format(
                    "there is no head {}; the layer has 0 to {}, mean and max", head, layer.heads - 1));
        selection.heads.push_back(int(head));
    }
}

} // namespace headlight
