// Qt restyles every widget that was ever polished, whether it is shown or not: 550 of them took 75 ms under
// the sanitizers where 20 were on the screen. Here a hidden widget counts as not polished yet, which is what
// it is.

#include "ui/style/restyle.h"

#include <QApplication>
#include <QPointer>
#include <QScopedValueRollback>
#include <QStyle>
#include <QWidget>

namespace headlight::ui {
namespace {

/// Watches the events of the whole program.
class Restyler : public QObject {
public:
    explicit Restyler(QApplication& app)
        : QObject(&app)
    {
        app.installEventFilter(this);
    }
    void replaceSheet(QApplication& app, const QString& sheet, const std::function<void()>& between);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    static void take(QWidget& widget);
    static void tellOfFont();

    /// While the old sheet is taken away nobody has to know of none; of the new one, who is not shown hears
    /// later.
    enum class Telling { All, Shown, Nobody } m_telling = Telling::All;
};

void Restyler::replaceSheet(QApplication& app, const QString& sheet, const std::function<void()>& between)
{
    for (QWidget* widget : QApplication::allWidgets()) {
        if (!widget->isVisible())
            widget->setAttribute(Qt::WA_WState_Polished, false);
    }
    {
        const QScopedValueRollback telling(m_telling, Telling::Nobody);
        // A sheet that replaces another is told to a widget once for each of its ancestors, and again for
        // itself; from no sheet at all it is told once.
        app.setStyleSheet(QString());
        const QFont before = QApplication::font();
        between();
        if (QApplication::font() != before)
            tellOfFont();
    }
    const QScopedValueRollback telling(m_telling, Telling::Shown);
    app.setStyleSheet(sheet);
}

/// Qt tells some widgets of the program's new font and not others, by whether they are polished and the loop
/// runs. Hidden ones have to know, too: bars count with what they hide for want of room.
void Restyler::tellOfFont()
{
    for (QWidget* widget : QApplication::allWidgets()) {
        if (!widget->testAttribute(Qt::WA_SetFont))
            widget->setFont(QFont()); // the program's
    }
}

/// Children are told of their showing before those they are in, and have the font of those: they come second.
void Restyler::take(QWidget& widget)
{
    if (widget.testAttribute(Qt::WA_WState_Polished))
        return;
    if (QWidget* holder = widget.parentWidget(); holder && !widget.isWindow())
        take(*holder);
    const bool hasOwn = widget.testAttribute(Qt::WA_SetFont);
    const QFont own = widget.font();
    widget.style()->polish(&widget);
    if (hasOwn && widget.font() != own)
        widget.setFont(own); // set since it was hidden: a style sheet brings back an older one
    widget.setAttribute(Qt::WA_WState_Polished);
    QEvent changed(QEvent::StyleChange);
    QCoreApplication::sendEvent(&widget, &changed);
}

bool Restyler::eventFilter(QObject* watched, QEvent* event)
{
    if (!watched->isWidgetType())
        return false;
    auto& widget = static_cast<QWidget&>(*watched);
    if (event->type() == QEvent::StyleChange)
        return m_telling == Telling::Nobody || (m_telling == Telling::Shown && !widget.isVisible());
    if (event->type() == QEvent::Show)
        take(widget);
    return false;
}

} // namespace

void restyle(QApplication& app, const QString& sheet, const std::function<void()>& between)
{
    static QPointer<Restyler> restyler; // goes with the program it watches
    if (!restyler)
        restyler = new Restyler(app);
    restyler->replaceSheet(app, sheet, between);
}

} // namespace headlight::ui
