// Implements shortcut_sheet.h. Painted in columns; smaller type where the window is small, so that all is on
// one sheet.

#include "ui/shell/shortcut_sheet.h"

#include "ui/style/theme.h"

#include <QAction>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double margin = 24, columnGap = 34;
constexpr int columns = 3;

QList<ShortcutSheet::Group> viewKeys()
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("Shortcuts", text); };
    return { { tr("In every view"),
                 { { tr("← → ↑ ↓"), tr("another cell or token") },
                     { tr("[ and ]"), tr("head before, head after") },
                     { tr("{ and }"), tr("layer before, layer after") }, { tr("Esc"), tr("choose nothing") },
                     { tr("click"), tr("choose") }, { tr("Ctrl + click"), tr("add, or leave out") },
                     { tr("right click"), tr("copy a cell, row, column, the map") } } },
        { tr("Maps"),
            { { tr("wheel, pinch, + and −"), tr("zoom") }, { tr("drag"), tr("move the map") },
                { tr("0"), tr("the whole map") }, { tr("double click"), tr("open a head from the grid") } } },
        { tr("Links and steps"),
            { { tr("+ and −"), tr("threshold of the lines") }, { tr("Space"), tr("one step on") },
                { tr("Shift + Space"), tr("one step back") },
                { tr(". and ,"), tr("half a step: key by key") } } } };
}

} // namespace

ShortcutSheet::ShortcutSheet(std::function<QList<QAction*>()> actions, QWidget* window)
    : Overlay(window)
    , m_actions(std::move(actions))
{
    setAccessibleName(tr("Keys"));
}

QRect ShortcutSheet::placeIn(const QSize& window) const
{
    const int width = std::min(window.width() - 40, 1080), height = std::min(window.height() - 40, 660);
    return { (window.width() - width) / 2, (window.height() - height) / 2, width, height };
}

void ShortcutSheet::opened()
{
    m_groups.clear();
    QMap<QString, QList<Line>> byMenu;
    QStringList order;
    for (const QAction* action : m_actions()) {
        if (action->shortcut().isEmpty() || action->text().isEmpty())
            continue;
        QString menu = tr("Window");
        for (QObject* holder : action->associatedObjects()) {
            if (const auto* named = qobject_cast<QMenu*>(holder); named && !named->title().isEmpty())
                menu = named->title();
        }
        if (!order.contains(menu))
            order << menu;
        byMenu[menu].append(
            { action->shortcut().toString(QKeySequence::NativeText), action->text().remove(u'&') });
    }
    for (const QString& menu : order)
        m_groups.append({ menu, byMenu[menu] });
    m_groups += viewKeys();
    QStringList heard;
    for (const Group& group : m_groups) {
        for (const Line& line : group.lines)
            heard << line.keys + QStringLiteral(": ") + line.what;
    }
    setAccessibleDescription(heard.join(QStringLiteral("; ")));
}

/// Paints when there is a painter; returns how high the highest column comes.
double ShortcutSheet::layOut(QPainter* painter, double scale) const
{
    const Theme& theme = Theme::of(currentTheme().kind, currentTheme().typeScale * scale);
    const QFontMetricsF body(theme.body), section(theme.section);
    const double line = body.height() + 5, head = section.height() + 8,
                 width = (this->width() - 2 * margin - (columns - 1) * columnGap) / columns;
    qsizetype total = 0;
    for (const Group& group : m_groups)
        total += group.lines.size() + 2;
    const double target = double(total) / columns * line;
    double y = 0, highest = 0;
    int column = 0;
    for (const Group& group : m_groups) {
        if (y > 0 && column + 1 < columns && y + double(group.lines.size()) * line / 2 > target) {
            ++column;
            y = 0;
        }
        const double x = margin + column * (width + columnGap),
                     top = margin + QFontMetricsF(theme.title).height() + 18;
        if (painter) {
            painter->setFont(theme.section);
            painter->setPen(theme.accent);
            painter->drawText(
                QRectF(x, top + y, width, head), int(Qt::AlignLeft | Qt::AlignVCenter), group.title);
        }
        y += head;
        for (const Line& entry : group.lines) {
            if (painter) {
                const double keys = QFontMetricsF(theme.strong).horizontalAdvance(entry.keys);
                painter->setFont(theme.strong);
                painter->setPen(theme.text);
                painter->drawText(QRectF(x + width - keys - 2, top + y, keys + 2, line),
                    int(Qt::AlignRight | Qt::AlignVCenter), entry.keys);
                painter->setFont(theme.body);
                painter->drawText(QRectF(x, top + y, width - keys - 12, line),
                    int(Qt::AlignLeft | Qt::AlignVCenter),
                    body.elidedText(entry.what, Qt::ElideRight, width - keys - 12));
            }
            y += line;
        }
        y += 14;
        highest = std::max(highest, top + y);
    }
    return highest;
}

void ShortcutSheet::paintEvent(QPaintEvent*)
{
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
    painter.setFont(theme.title);
    painter.setPen(theme.text);
    painter.drawText(
        QRectF(margin, margin, width() - 2 * margin, 30), int(Qt::AlignLeft | Qt::AlignTop), tr("Keys"));
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    painter.drawText(QRectF(margin, margin, width() - 2 * margin, 30), int(Qt::AlignRight | Qt::AlignTop),
        tr("any key closes this"));
    double scale = 1;
    while (scale > 0.6 && layOut(nullptr, scale) > height() - 8)
        scale -= 0.05;
    layOut(&painter, scale);
}

void ShortcutSheet::keyPressEvent(QKeyEvent* event)
{
    shut();
    event->accept();
}

void ShortcutSheet::mousePressEvent(QMouseEvent*)
{
    shut();
}

} // namespace headlight::ui
