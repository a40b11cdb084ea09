#include "ui/views/compare_heads.h"

#include "ui/session/sites.h"
#include "ui/views/compare_maps.h"
#include "ui/widgets/labels.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace headlight::ui {
namespace {

/// The layers of A's site that B has too, at its own site.
std::vector<int> commonLayers(const Scene& scene)
{
    std::vector<int> layers;
    for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection))) {
        Selection there = scene.other->selection;
        there.layer = layer->site.layer;
        if (layerOf(*scene.other->result, there))
            layers.push_back(layer->site.layer);
    }
    return layers;
}

/// The same head on both sides.
Scene sceneOf(const Scene& scene, int layer, int head)
{
    Scene one = scene;
    one.selection.layer = layer;
    one.selection.heads = { head };
    ComparedSide other = *scene.other;
    other.selection.layer = layer;
    other.selection.heads = { head };
    one.other = std::make_shared<const ComparedSide>(std::move(other));
    return one;
}

int commonHeads(const Scene& scene, int layer)
{
    const Scene one = sceneOf(scene, layer, 0);
    const auto a = layerOf(*one.result, one.selection), b = layerOf(*one.other->result, one.other->selection);
    return a && b ? std::min(a->heads, b->heads) : 0;
}

bool comparable(const Scene& scene)
{
    return scene.result && scene.other && scene.other->result && scene.result->trace
        && scene.other->result->trace && scene.other->result != scene.result;
}

} // namespace

std::int64_t comparedWeights(const Scene& scene)
{
    std::int64_t weights = 0;
    if (!comparable(scene))
        return weights;
    for (int number : commonLayers(scene)) {
        const Scene one = sceneOf(scene, number, 0);
        for (const auto& layer :
            { layerOf(*one.result, one.selection), layerOf(*one.other->result, one.other->selection) })
            weights += layer->queries * layer->keys * commonHeads(scene, number);
    }
    return weights;
}

std::vector<HeadDistance> headDistances(const Scene& scene, const std::stop_token& stop)
{
    std::vector<HeadDistance> heads;
    if (!comparable(scene))
        return heads;
    for (int layer : commonLayers(scene)) {
        for (int head = 0; head < commonHeads(scene, layer); ++head) {
            if (stop.stop_requested())
                return {};
            const CompareMaps maps(sceneOf(scene, layer, head));
            if (const auto distance = maps.samples(maps.rows(), 1, Pooling::Max, stop).meanDistance())
                heads.push_back({ layer, head, *distance });
        }
    }
    std::ranges::stable_sort(heads, std::greater(), &HeadDistance::distance);
    return heads;
}

CompareHeads::CompareHeads(QWidget* parent)
    : QWidget(parent)
    , m_title(mutedLabel(tr("Most different:"), this))
{
    m_title->setWordWrap(false);
    auto* line = row(metrics::wideGap);
    line->setSizeConstraint(QLayout::SetNoConstraint);
    line->addWidget(m_title);
    for (int i = 0; i < most; ++i) {
        QPushButton* link = linkButton({}, tr("Shows this head on both sides"), this);
        link->setAccessibleName(tr("A head that differs"));
        line->addWidget(link);
        m_links.push_back(link);
        connect(link, &QPushButton::clicked, this, [this, i] {
            const HeadDistance& head = m_heads[std::size_t(i)];
            emit chosen(head.layer, head.head);
        });
    }
    line->addStretch(1);
    setLayout(line);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    hide();
}

void CompareHeads::showScene(const Scene& scene)
{
    const bool sameSides = m_scene.result == scene.result && m_scene.other && scene.other
        && m_scene.other->result == scene.other->result
        && SiteGroup::of(m_scene.selection) == SiteGroup::of(scene.selection)
        && SiteGroup::of(m_scene.other->selection) == SiteGroup::of(scene.other->selection)
        && m_scene.display.hideSpecialTokens == scene.display.hideSpecialTokens
        && m_scene.display.renormaliseHidden == scene.display.renormaliseHidden
        && m_scene.display.joinWords == scene.display.joinWords
        && m_scene.display.written == scene.display.written;
    m_scene = scene;
    if (sameSides)
        return;
    m_job.cancel();
    const std::int64_t weights = comparedWeights(scene);
    if (weights == 0 || weights > mostComparedWeights)
        return arrived({});
    m_job.start<std::vector<HeadDistance>>(
        this, [scene](const std::stop_token& stop) { return headDistances(scene, stop); },
        [this](std::vector<HeadDistance> heads) { arrived(std::move(heads)); });
}

void CompareHeads::arrived(std::vector<HeadDistance> heads)
{
    m_heads = std::move(heads);
    for (std::size_t i = 0; i < m_links.size() && i < m_heads.size(); ++i) {
        const HeadDistance& head = m_heads[i];
        const QString name = tr("Layer %1 · Head %2").arg(head.layer).arg(head.head);
        const QString distance = QString::number(double(head.distance), 'f', 3);
        m_links[i]->setText(QStringLiteral("L%1·H%2  %3").arg(head.layer).arg(head.head).arg(distance));
        m_links[i]->setAccessibleName(tr("%1, mean change %2").arg(name, distance));
        m_links[i]->setToolTip(tr("%1: mean change %2. Shows it on both sides.").arg(name, distance));
    }
    setVisible(m_heads.size() > 1 && m_heads.front().distance > 0.0f);
    fit();
}

void CompareHeads::resizeEvent(QResizeEvent*)
{
    fit();
}

/// As many as there is room for.
void CompareHeads::fit()
{
    int right = m_title->sizeHint().width();
    for (std::size_t i = 0; i < m_links.size(); ++i) {
        right += metrics::wideGap + m_links[i]->sizeHint().width();
        m_links[i]->setVisible(i < m_heads.size() && right <= width());
    }
}

} // namespace headlight::ui
