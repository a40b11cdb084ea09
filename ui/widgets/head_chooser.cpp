// Implements head_chooser.h.

#include "ui/widgets/head_chooser.h"

#include "ui/session/sites.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/stepper.h"

#include <numeric>

namespace headlight::ui {
namespace {

QStringList layerTitles(const std::vector<std::shared_ptr<const LayerAttention>>& layers)
{
    QStringList titles;
    for (const auto& layer : layers)
        titles << HeadChooser::tr("Layer %1").arg(layer->site.layer);
    return titles;
}

QStringList headTitles(int heads)
{
    QStringList titles;
    for (int head = 0; head < heads; ++head)
        titles << HeadChooser::tr("Head %1").arg(head);
    return titles << HeadChooser::tr("Mean") << HeadChooser::tr("Largest");
}

} // namespace

HeadChooser::HeadChooser(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_layer(new Stepper(
          { tr("Layer"), tr("Previous layer ( { )"), tr("Next layer ( } )"), tr("Which layer is shown") },
          this))
    , m_head(new Stepper(
          { tr("Head"), tr("Previous head ( [ )"), tr("Next head ( ] )"),
              tr("Which head is shown, or the mean or the largest weight of all heads of the layer") },
          this))
{
    auto* layout = row(metrics::tinyGap);
    layout->addWidget(m_layer);
    layout->addStretch();
    layout->addWidget(m_head);
    setLayout(layout);
    connect(m_layer, &Stepper::chosen, this, &HeadChooser::chooseLayer);
    connect(m_head, &Stepper::chosen, this, &HeadChooser::chooseHead);
    connect(&session, &Session::resultChanged, this, &HeadChooser::showSelection);
    connect(&session, &Session::selectionChanged, this, &HeadChooser::showSelection);
    showSelection();
}

void HeadChooser::chooseLayer(int index)
{
    Selection selection = m_session.selection();
    const auto layers = layersOf(*m_session.result(), SiteGroup::of(selection));
    selection.layer = layers.at(std::size_t(index))->site.layer;
    m_session.setSelection(selection);
}

void HeadChooser::chooseHead(int index)
{
    Selection selection = m_session.selection();
    const int heads = layerOf(*m_session.result(), selection)->heads;
    selection.heads = { index };
    if (index >= heads) {
        selection.heads.resize(std::size_t(heads));
        std::iota(selection.heads.begin(), selection.heads.end(), 0);
        selection.join = index == heads ? HeadJoin::Mean : HeadJoin::Max;
    }
    m_session.setSelection(selection);
}

void HeadChooser::showSelection()
{
    const auto& result = m_session.result();
    const Selection& selection = m_session.selection();
    const auto layer = result ? layerOf(*result, selection) : nullptr;
    setEnabled(layer != nullptr);
    if (!layer)
        return;
    const auto layers = layersOf(*result, SiteGroup::of(selection));
    m_layer->setTitles(layerTitles(layers), int(layers.size()));
    m_layer->setCurrent(int(std::find(layers.begin(), layers.end(), layer) - layers.begin()));
    m_head->setTitles(headTitles(layer->heads), layer->heads);
    const bool joined = selection.heads.size() > 1;
    m_head->setCurrent(
        !joined ? selection.head() : layer->heads + (selection.join == HeadJoin::Mean ? 0 : 1));
}

} // namespace headlight::ui
