// Implements presenter.h.

#include "ui/shell/presenter.h"

#include "ui/session/selection_words.h"
#include "ui/shell/find_bar.h"
#include "ui/shell/overlay.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QDockWidget>
#include <QKeyEvent>
#include <QLabel>
#include <QMainWindow>
#include <QPainter>
#include <QStatusBar>
#include <QVBoxLayout>

namespace headlight::ui {

/// A ring around the pointer, over everything; the mouse goes through it.
class PointerRing : public QWidget {
public:
    explicit PointerRing(QWidget* parent)
        : QWidget(parent)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        resize(side, side);
        hide();
    }
    void moveTo(const QPoint& place)
    {
        move(place - QPoint(side / 2, side / 2));
        raise();
        show();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QColor light = currentTheme().highlight;
        light.setAlphaF(0.18f);
        painter.setBrush(light);
        painter.setPen(QPen(currentTheme().highlight, 3));
        painter.drawEllipse(QRectF(rect()).adjusted(3, 3, -3, -3));
    }

private:
    static constexpr int side = 54;
};

namespace {

/// Parts of the window that Esc closes.
bool closesItself(const QWidget* widget)
{
    for (; widget; widget = widget->parentWidget()) {
        if (qobject_cast<const Overlay*>(widget) || qobject_cast<const FindBar*>(widget))
            return true;
    }
    return false;
}

} // namespace

Presenter::Presenter(Session& session, const Parts& parts)
    : m_session(session)
    , m_parts(parts)
    , m_question(new QLabel(&parts.viewArea))
    , m_answer(new QLabel(&parts.viewArea))
    , m_ring(new PointerRing(&parts.window))
{
    for (QLabel* label : { m_question, m_answer }) {
        label->setWordWrap(true);
        label->setContentsMargins(metrics::wideGap, metrics::gap, metrics::wideGap, metrics::gap);
        label->hide();
    }
    useFont(*m_question, [](const Theme& theme) {
        QFont font = theme.title;
        font.setPixelSize(font.pixelSize() * 5 / 4);
        font.setWeight(QFont::Bold);
        return font;
    });
    useFont(*m_answer, [](const Theme& theme) {
        QFont font = theme.heading;
        font.setWeight(QFont::Normal);
        return font;
    });
    m_question->setTextFormat(Qt::PlainText);
    m_question->setAccessibleName(tr("Question"));
    m_answer->setTextFormat(Qt::RichText);
    m_answer->setAccessibleName(tr("Answer"));
    if (auto* layout = qobject_cast<QVBoxLayout*>(parts.viewArea.layout())) {
        layout->insertWidget(0, m_question);
        layout->addWidget(m_answer);
    }
    connect(&session, &Session::selectionChanged, this, &Presenter::showWords);
    connect(&session, &Session::resultChanged, this, &Presenter::showWords);
    connect(&session, &Session::displayChanged, this, &Presenter::showWords);
}

Presenter::~Presenter()
{
    qApp->removeEventFilter(this);
}

void Presenter::toggle()
{
    if (m_presenting)
        leave();
    else
        enter();
}

void Presenter::fold(QWidget* widget)
{
    if (!widget || !widget->isVisibleTo(&m_parts.window))
        return;
    m_folded << widget;
    widget->hide();
}

void Presenter::enter()
{
    m_presenting = true;
    m_layout = m_parts.window.saveState();
    m_wasFullScreen = m_parts.window.isFullScreen();
    m_typeBefore = currentTheme().typeScale;
    m_folded.clear();
    for (auto* dock : m_parts.window.findChildren<QDockWidget*>())
        fold(dock);
    fold(m_parts.window.statusBar());
    for (QWidget* widget : m_parts.folding)
        fold(widget);
    applyTheme(*qApp, currentTheme().kind, m_typeBefore * growth);
    m_typeWhile = currentTheme().typeScale;
    showWords();
    m_question->show();
    m_answer->show();
    m_parts.window.setWindowState(m_parts.window.windowState() | Qt::WindowFullScreen);
    qApp->installEventFilter(this);
    emit changed(true);
}

void Presenter::leave()
{
    m_presenting = false;
    qApp->removeEventFilter(this);
    m_ring->hide();
    m_question->hide();
    m_answer->hide();
    if (qFuzzyCompare(
            currentTheme().typeScale, m_typeWhile)) // else somebody asked for another size meanwhile
        applyTheme(*qApp, currentTheme().kind, m_typeBefore);
    if (!m_wasFullScreen)
        m_parts.window.setWindowState(m_parts.window.windowState() & ~Qt::WindowFullScreen);
    for (const QPointer<QWidget>& widget : std::exchange(m_folded, {})) {
        if (widget)
            widget->show();
    }
    m_parts.window.restoreState(m_layout);
    emit changed(false);
}

void Presenter::showWords()
{
    if (!m_presenting)
        return;
    const auto& result = m_session.result();
    m_question->setText(result ? questionOf(*result, m_session.selection()) : tr("Nothing to look at yet"));
    m_answer->setText(result ? answerOf(*result, m_session.selection(), m_session.display()) : QString());
}

/// Esc closes what is open over the view, then lets go of the selection, then of presenting; the ring follows
/// the mouse wherever it is.
bool Presenter::eventFilter(QObject* watched, QEvent* event)
{
    const auto* widget = qobject_cast<QWidget*>(watched);
    const bool ours = widget && widget->window() == &m_parts.window;
    if (ours && event->type() == QEvent::MouseMove && widget != m_ring)
        m_ring->moveTo(
            m_parts.window.mapFromGlobal(static_cast<QMouseEvent*>(event)->globalPosition().toPoint()));
    if (ours && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape
        && !closesItself(widget) && m_session.selection().queries.empty() && !m_session.selection().key) {
        leave();
        return true;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace headlight::ui
