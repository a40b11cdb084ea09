#include "ui/views/view_frame.h"

#include "core/engine/open_model.h"
#include "ui/session/navigation.h"
#include "ui/session/sites.h"
#include "ui/widgets/labels.h"

#include <QGraphicsOpacityEffect>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStackedLayout>
#include <QTimer>

namespace headlight::ui {
namespace {

/// A run shorter than this does not dim the picture: typing would make it flicker.
constexpr int dimAfterMilliseconds = 180;

} // namespace

ViewFrame::ViewFrame(Session& session, QWidget* parent, const QString& id)
    : View(session, parent)
    , m_id(id)
    , m_heading(new HeadingWidget(this))
    , m_controlBox(new QWidget(this))
    , m_controls(new QHBoxLayout(m_controlBox))
    , m_stack(new QStackedLayout)
    , m_body(new QWidget(this))
    , m_message(plainLabel({}, this))
    , m_caption(plainLabel({}, this))
    , m_dimTimer(new QTimer(this))
{
    setProperty("look", "canvas");
    setAttribute(Qt::WA_StyledBackground);
    auto* top = new QHBoxLayout;
    top->setSpacing(metrics::gap);
    top->addWidget(m_heading, 1);
    top->addWidget(m_controlBox);
    m_controls->setContentsMargins({});
    m_controlBox->hide();
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setProperty("look", "muted");
    m_caption->setProperty("look", "muted");
    m_caption->setWordWrap(true);
    useFont(*m_caption, &Theme::small);
    m_stack->addWidget(m_message);
    m_stack->addWidget(m_body);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(metrics::wideGap, metrics::gap, metrics::wideGap, metrics::gap);
    all->setSpacing(6);
    all->addLayout(top);
    all->addLayout(m_stack, 1);
    all->addWidget(m_caption);
    m_dimTimer->setSingleShot(true);
    m_dimTimer->setInterval(dimAfterMilliseconds);
    connect(m_dimTimer, &QTimer::timeout, this, [this] { dim(true); });
    connect(&session, &Session::viewOptionsChanged, this, &ViewFrame::optionsArrived);
}

Scene ViewFrame::scene() const
{
    Scene scene = View::scene();
    scene.options = session().viewOptions(m_id);
    return scene;
}

QVariant ViewFrame::option(const QString& name, const QVariant& fallback) const
{
    return session().viewOptions(m_id).value(name, fallback);
}

void ViewFrame::setOption(const QString& name, const QVariant& value)
{
    session().setViewOption(m_id, name, value);
}

/// A hidden view draws everything when it is shown again.
void ViewFrame::optionsArrived(const QString& view)
{
    if (view != m_id)
        return;
    if (isVisible() && m_shown.result && m_stack->currentWidget() == m_body)
        showOptions();
    else
        m_shown = {};
}

void ViewFrame::addControl(QWidget* control)
{
    m_controls->addWidget(control);
}

void ViewFrame::setCaption(const QString& caption)
{
    m_caption->setText(caption);
    m_caption->setVisible(!caption.isEmpty());
}

ViewFrame::MapKey ViewFrame::mapKey() const
{
    const Selection& s = session().selection();
    return { session().result(), s.site(), s.heads, s.join, session().display() };
}

void ViewFrame::showResult()
{
    m_shown = {};
    showSelection();
    showActivity();
}

void ViewFrame::showSelection()
{
    const MapKey key = mapKey();
    if (key == m_shown && m_stack->currentWidget() == m_body)
        return showMarks();
    m_shown = key;
    showNow();
}

void ViewFrame::showNow()
{
    m_look = &currentTheme();
    const ViewDescriptor* view = viewById(m_id);
    const bool possible =
        m_shown.result && (!view || view->available(*m_shown.result, session().selection()));
    m_stack->setCurrentWidget(possible ? m_body : m_message);
    m_controlBox->setVisible(possible);
    if (possible)
        return showMap();
    m_message->setText(!m_shown.result       ? nothingYet()
            : view && !view->needs.isEmpty() ? neededBy(*view)
                                             : QString());
    setHeading({ view ? view->title : QString(), {} });
    setCaption({});
}

/// What a person can do about an empty window, or that it is only a matter of time.
QString ViewFrame::nothingYet() const
{
    const auto& model = session().model();
    if (session().activity().running)
        return model ? tr("The first maps come when this run is done.") : tr("Opening the model…");
    if (!model)
        return tr("No model is open. Choose one at the top left, or drop a model's folder here.");
    switch (model->network->info().input) {
    case InputKind::Text:
        return model->tokenizer ? tr("Nothing to look at yet. Type a sentence, or drop a text file here.")
                                : tr("Nothing to look at yet. Type token ids.");
    case InputKind::Image:
        return tr("Nothing to look at yet. Open a picture, or drop one here.");
    case InputKind::ImageAndText:
        return tr("Nothing to look at yet. Open a picture, or drop one here, and type a text.");
    case InputKind::Sound:
        return tr("Nothing to look at yet. Open a sound, or drop one here.");
    }
    return {};
}

/// What is missing; where another site has it, that one is named.
QString ViewFrame::neededBy(const ViewDescriptor& view) const
{
    const AnalysisResult* result = m_shown.result.get();
    if (!result || !view.available(*result))
        return view.needs;
    const Selection there = view.reachable(*result, session().selection());
    return tr("%1 shows nothing of the site %2. Choose %3 above.")
        .arg(view.title, title(SiteGroup::of(session().selection())), title(SiteGroup::of(there)));
}

void ViewFrame::showActivity()
{
    if (!m_shown.result)
        m_message->setText(nothingYet());
    const bool grows = m_shown.result && !m_shown.result->complete; // it is of what runs
    if (!session().activity().running || grows) {
        m_dimTimer->stop();
        dim(false);
    } else if (!m_dimTimer->isActive()) {
        m_dimTimer->start();
    }
}

void ViewFrame::dim(bool waiting)
{
    if (!waiting)
        return m_body->setGraphicsEffect(nullptr);
    auto* effect = new QGraphicsOpacityEffect(m_body);
    effect->setOpacity(0.45);
    m_body->setGraphicsEffect(effect);
}

bool ViewFrame::showsMap() const
{
    return m_shown.result && m_shown.result == session().result() && m_stack->currentWidget() == m_body;
}

void ViewFrame::keyPressEvent(QKeyEvent* event)
{
    if (!showsMap()) // what the view still remembers of an older result must not be asked
        return View::keyPressEvent(event);
    const auto step = [this](Step to) {
        if (session().result())
            session().setSelection(
                moved(session().selection(), to, *session().result(), session().display()));
    };
    switch (event->key()) {
    case Qt::Key_BracketLeft:
        return step(Step::PreviousHead);
    case Qt::Key_BracketRight:
        return step(Step::NextHead);
    case Qt::Key_BraceLeft:
        return step(Step::PreviousLayer);
    case Qt::Key_BraceRight:
        return step(Step::NextLayer);
    case Qt::Key_Escape:
        return step(Step::Clear);
    case Qt::Key_Left:
        return moveBy(-1, 0);
    case Qt::Key_Right:
        return moveBy(1, 0);
    case Qt::Key_Up:
        return moveBy(0, -1);
    case Qt::Key_Down:
        return moveBy(0, 1);
    default:
        View::keyPressEvent(event);
    }
}

void ViewFrame::focusInEvent(QFocusEvent* event)
{
    m_keyboard = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason
        || event->reason() == Qt::ShortcutFocusReason;
    View::focusInEvent(event);
}

void ViewFrame::paintEvent(QPaintEvent* event)
{
    View::paintEvent(event);
    if (!hasFocus() || !m_keyboard)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(currentTheme().accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(3, 3, -3, -3), 6, 6);
}

void ViewFrame::followLook()
{
    if (m_look == &currentTheme() || !m_shown.result)
        return;
    if (isVisible())
        showResult();
}

/// While it was hidden the theme, the type or an option may have changed.
void ViewFrame::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    if (session().result() && m_look && (m_look != &currentTheme() || !m_shown.result))
        showResult();
}

void ViewFrame::changeEvent(QEvent* event)
{
    // Other colours or a larger type: what is painted from the theme is drawn and laid out anew. One switch
    // comes as several of these events, and brings only the ones that it needs.
    const bool look = event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange;
    if (look && m_look && m_look != &currentTheme())
        QMetaObject::invokeMethod(
            this, [this] { followLook(); }, Qt::QueuedConnection);
    View::changeEvent(event);
}

} // namespace headlight::ui
