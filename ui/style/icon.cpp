// An icon engine over Qt Svg: the drawings use currentColor, which is replaced before rendering.

#include "ui/style/icon.h"

#include "ui/style/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

// Static libraries drop resources nobody names; the macro must stand outside of a namespace.
static void keepResources()
{
    Q_INIT_RESOURCE(headlight);
}

namespace headlight::ui {
namespace {

QColor colourOf(IconColour colour, QIcon::Mode mode)
{
    const Theme& theme = currentTheme();
    if (mode == QIcon::Disabled)
        return theme.mutedText;
    switch (colour) {
    case IconColour::Muted:
        return theme.mutedText;
    case IconColour::Accent:
        return theme.accent;
    case IconColour::AccentText:
        return theme.accentText;
    case IconColour::Error:
        return theme.error;
    case IconColour::Text:
        break;
    }
    return theme.text;
}

class ThemedSvg final : public QIconEngine {
public:
    ThemedSvg(QByteArray source, IconColour colour)
        : m_source(std::move(source))
        , m_colour(colour)
    {
    }
    QIconEngine* clone() const override { return new ThemedSvg(m_source, m_colour); }

    void paint(QPainter* painter, const QRect& area, QIcon::Mode mode, QIcon::State) override
    {
        QByteArray source = m_source;
        source.replace("currentColor", colourOf(m_colour, mode).name().toLatin1());
        painter->setOpacity(mode == QIcon::Disabled ? 0.5 : 1.0); // contrast themes have no grey that is dim
        QSvgRenderer(source).render(painter, area);
        painter->setOpacity(1.0);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        if (size.isEmpty()) // a dock that is just folding out
            return {};
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

private:
    QByteArray m_source;
    IconColour m_colour;
};

} // namespace

QIcon icon(const QString& name, IconColour colour)
{
    keepResources();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        qWarning("There is no icon named %s", qPrintable(name));
    return QIcon(new ThemedSvg(file.readAll(), colour));
}

QIcon applicationIcon()
{
    return icon(QStringLiteral("headlight"));
}

} // namespace headlight::ui
