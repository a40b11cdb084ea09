#include "ui/views/flow_figure.h"

#include "ui/views/distribution.h"
#include "ui/views/figure_page.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double gap = metrics::wideGap, captionHeight = 50;

QString tr(const char* text)
{
    return QCoreApplication::translate("Flow", text);
}

QString quoted(const TokenAxis& axis, int token)
{
    return axis.words() ? tr("“%1”").arg(tokenLabel(axis, token)) : axis.name(token);
}

QString percent(double share)
{
    return tr("%1 %").arg(share * 100, 0, 'g', 3);
}

/// Shortest text that tells the number as far as a share of one is known.
QString exactShare(double share)
{
    return exactText(float(share));
}

QString methodTitle(FlowMethod method)
{
    return method == FlowMethod::Flow ? tr("maximum flow")
        : method == FlowMethod::Raw   ? tr("raw attention")
                                      : tr("rollout");
}

QString headsTitle(const Scene& scene, FlowHeads heads)
{
    if (heads == FlowHeads::Max)
        return tr("max of all heads");
    if (heads == FlowHeads::Mean)
        return tr("mean of all heads");
    const Selection& s = scene.selection;
    if (s.heads.size() == 1)
        return tr("head %1 of each layer").arg(s.head());
    return (s.join == HeadJoin::Mean ? tr("mean of %1 heads") : tr("max of %1 heads")).arg(s.heads.size());
}

} // namespace

/// "“it”", "3 tokens", "all tokens".
QString FlowPicture::startName() const
{
    const auto& queries = m_content->queries;
    if (queries.empty())
        return tr("all tokens on average");
    const TokenAxis& axis = m_content->levels[std::size_t(m_content->start)].axis;
    return queries.size() == 1 ? quoted(axis, queries.front()) : tr("%1 tokens").arg(queries.size());
}

QString FlowPicture::numberText(const FlowNode& node) const
{
    const int token = tokenOf(node);
    const FlowLevel& level = m_content->levels[std::size_t(node.level)];
    const QString place = tr("%1, %2").arg(quoted(level.axis, token), levelTitle(*m_content, node.level));
    if (node.level > m_content->start)
        return tr("%1: above the chosen layer").arg(place);
    const QString share = exactShare(m_content->share(node.level, token));
    if (m_content->shares.empty())
        return place;
    switch (m_content->method) {
    case FlowMethod::Rollout:
        return tr("%1: %2 of %3").arg(place, share, startName());
    case FlowMethod::Flow:
        return tr("%1: flow %2, share %3")
            .arg(place, exactShare(m_content->flow(node.level, token).value_or(0)), share);
    case FlowMethod::Raw:
        break;
    }
    if (node.level == m_content->start)
        return tr("%1: chosen").arg(place);
    return tr("%1: weight %2").arg(place, share);
}

Heading FlowPicture::heading() const
{
    if (empty())
        return { titleOf(m_scene, tr("Flow")), {} };
    QString own = tr("Into %1, %2").arg(startName(), levelTitle(*m_content, m_content->start));
    QStringList chips{ methodTitle(m_content->method) };
    if (m_content->pair())
        chips << (m_content->secondStack() > 1 ? tr("decoder × cross × encoder") : tr("decoder × cross"));
    if (m_content->method != FlowMethod::Raw)
        chips << tr("residual %1").arg(m_options.residual, 0, 'f', 2);
    chips << headsTitle(m_scene, m_options.heads);
    return { titleOf(m_scene, own), chips };
}

QString FlowPicture::caption() const
{
    if (empty())
        return {};
    QString text;
    const int second = m_content->secondStack();
    switch (m_content->method) {
    case FlowMethod::Rollout:
        text =
            tr("Read from right to left: what %1 is made of in each layer, if attention passes on %2 and the "
               "residual path keeps %3.")
                .arg(startName(), percent(1 - m_options.residual), percent(m_options.residual));
        if (m_content->pair() && std::size_t(second) < m_content->shares.size()) {
            double own = 0;
            for (const double share : m_content->shares[std::size_t(second)])
                own += share;
            text += u' ' + tr("%1 stay with the decoder's own input.").arg(percent(own));
        }
        break;
    case FlowMethod::Flow:
        text = m_content->tooLong > 0
            ? tr("The maximum flow is not computed for so many tokens (up to about %1 for this many layers).")
                  .arg(m_content->tooLong)
            : tr("How much could reach each token from %1 if every connection carried at most its weight; "
                 "shares are flows brought to sum 1.")
                  .arg(startName());
        break;
    case FlowMethod::Raw:
        text = tr("The weights of each layer as they are. Tint and bars: where %1 looks in the layer itself; "
                  "nothing is followed through the layers.")
                   .arg(startName());
        break;
    }
    if (m_scene.display.hideSpecialTokens)
        text += u' ' + tr("Special tokens are hidden, not left out of the sums.");
    if (m_content->tooLong == 0)
        text += u' '
            + tr("Lines: from %1 of their layer's strongest on, grey is a token's own way; tint: up to the "
                 "column's strongest.")
                  .arg(percent(m_options.threshold));
    return text + u' ' + tr("A model of mixing, not a proof of cause.");
}

void FlowFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const FlowPicture picture(std::make_shared<const FlowContent>(flowContent(FlowRequest(scene))), scene);
    const FigurePage page(area, scene, picture.caption());
    page.paintHeading(painter, picture.heading());
    if (picture.empty())
        return page.paintReason(painter, emptyReason(scene, {}));
    page.paintCaption(painter, picture.caption());
    picture.paint(painter, picture.layout(page.body()));
}

QSizeF FlowFigure::naturalSize(const Scene& scene) const
{
    const FlowContent outline = flowOutline(FlowRequest(scene));
    if (outline.empty())
        return { 640, 300 };
    double rows = 1;
    for (const FlowLevel& level : outline.levels)
        rows = std::max(rows, double(level.axis.count()));
    const bool grid = outline.levels.front().axis.grid().has_value();
    const double width = 2 * gap + 360 + (grid ? 190 : 0) + 78.0 * double(outline.levels.size());
    const double row = rows <= 60 ? 22 : std::max(3.0, 960.0 / rows);
    return { std::clamp(width, 820.0, 4000.0),
        std::clamp(
            rows * row + Heading::height + captionHeight + FlowLayout::headerHeight + 60, 360.0, 2400.0)
            - FigurePage::spared(scene, captionHeight) };
}

std::vector<std::vector<QString>> FlowFigure::table(const Scene& scene) const
{
    std::vector<std::vector<QString>> rows;
    const FlowContent content = flowContent(FlowRequest(scene));
    if (content.empty())
        return rows;
    const bool flow = content.method == FlowMethod::Flow;
    std::vector<QString> header{ tr("layer"), tr("index"), tr("token"), tr("share") };
    if (flow)
        header.push_back(tr("flow"));
    rows.push_back(std::move(header));
    for (int level = 0; level <= content.start; ++level) {
        const FlowLevel& column = content.levels[std::size_t(level)];
        const bool beside =
            std::size_t(level) >= content.shares.size() || content.shares[std::size_t(level)].empty();
        for (int token = 0; token < column.axis.count() && (!beside || content.tooLong > 0); ++token) {
            std::vector<QString> line{ levelTitle(content, level), QString::number(token),
                tokenLabel(column.axis, token),
                beside ? QString() : exactShare(content.share(level, token)) };
            if (flow)
                line.push_back(beside ? QString() : exactShare(content.flow(level, token).value_or(0)));
            rows.push_back(std::move(line));
        }
    }
    return rows;
}

QStringList FlowFigure::optionNames() const
{
    return { QStringLiteral("method"), QStringLiteral("heads"), QStringLiteral("residual"),
        QStringLiteral("threshold") };
}

} // namespace headlight::ui
