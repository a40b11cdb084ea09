// The Steps on the screen: a person goes through them forward and back, key by key, or lets them play; a
// click on a cell opens the sum behind it.

#include "ui/session/navigation.h"
#include "ui/views/steps_canvas.h"
#include "ui/views/steps_chips.h"
#include "ui/views/steps_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/arithmetic_panel.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/computation_loader.h"
#include "ui/widgets/labels.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QTimer>
#include <QVBoxLayout>

namespace headlight::ui {
namespace {

constexpr int playMilliseconds = 1500;
/// Nobody types any more: the other layers are fetched, so that a switch is instant.
constexpr int idleMilliseconds = 600;
constexpr int panelWidth = 320, widePanel = 440, panelHeight = 420, panelMargin = 12;
constexpr const char *byKeys = "keys", *byWeight = "weight";

class StepsView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(StepsView)
public:
    StepsView(Session& session, QWidget* parent);

protected:
    Scene scene() const override;
    void showMap() override;
    void showMarks() override;
    void showOptions() override;
    void moveBy(int columns, int rows) override;
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void addControls();
    void layOut();
    void connectParts();
    QPushButton* addButton(const QString& text, const QString& toolTip);
    void showWaiting(const QString& message);
    void rebuild();
    void showTexts();
    void go(const StepPlace& place);
    void step(int by);
    void halfStep(int by);
    void setPlaying(bool playing);
    void choose(std::int64_t place);
    void open(const StepCell& cell);
    void closePanel();
    void placePanel();
    /// There are steps on the screen, not a message.
    bool ready() const { return m_data && m_canvas->isVisibleTo(this); }

    ComputationLoader m_loader;
    QStackedLayout* m_stack = nullptr;
    StepsCanvas* m_canvas;
    QLabel* m_waiting;
    StepChips* m_chips;
    ArithmeticPanel* m_panel;
    QPushButton *m_back = nullptr, *m_forward = nullptr, *m_play = nullptr;
    ChoiceButton* m_order;
    QTimer m_player, m_idle;
    std::shared_ptr<StepsData> m_data;
    std::optional<StepCell> m_opened;
    QString m_orderShown;
};

StepsView::StepsView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("steps"))
    , m_canvas(new StepsCanvas(this))
    , m_waiting(plainLabel({}, this))
    , m_chips(new StepChips(this))
    , m_panel(new ArithmeticPanel(m_canvas))
    , m_order(new ChoiceButton({}, tr("Order of the keys"), tr("The order in which the keys stand"), this))
{
    setAccessibleName(tr("How one weight came about, step by step"));
    layOut();
    addControls();
    m_player.setInterval(playMilliseconds);
    m_idle.setInterval(idleMilliseconds);
    m_idle.setSingleShot(true);
    connectParts();
}

void StepsView::connectParts()
{
    connect(&m_player, &QTimer::timeout, this, [this] { step(1); });
    connect(&m_idle, &QTimer::timeout, this, [this] {
        const auto result = session().result();
        if (isVisible() && result && result->model && ComputationLoader::request(*result, {}).all)
            for (const auto& layer : result->trace->layers())
                m_loader.want(result, layer->site);
    });
    connect(&m_loader, &ComputationLoader::arrived, this, [this] {
        if (isVisible() && !m_data)
            rebuild();
    });
    connect(&m_loader, &ComputationLoader::failed, this, [this](const QString& message) {
        if (!m_data)
            showWaiting(message.isEmpty() ? tr("The steps could not be worked out.") : message);
    });
    connect(&session(), &Session::resultChanged, this, [this] {
        if (isVisible())
            return;
        m_loader.forget(); // nothing of an old result is held for a tab nobody sees
        m_data.reset();
        m_canvas->setData(nullptr, colourMap(session().display().colourMap));
    });
    m_canvas->cellClicked = [this](const StepCell& cell) { open(cell); };
    m_canvas->keyClicked = [this](std::int64_t place) { choose(place); };
    m_canvas->pointed = [this](std::optional<std::int64_t> place) {
        Hover hover;
        if (place && m_data) {
            hover.query = m_data->query;
            hover.key = int(m_data->told.keys[std::size_t(*place)]);
        }
        session().setHover(hover);
    };
    m_chips->chosen = [this](int step) { go({ step, -1 }); };
}

void StepsView::layOut()
{
    m_waiting->setAlignment(Qt::AlignCenter);
    m_waiting->setWordWrap(true);
    m_waiting->setProperty("look", "muted");
    auto* stacked = new QWidget(body());
    m_stack = new QStackedLayout(stacked);
    m_stack->addWidget(m_canvas);
    m_stack->addWidget(m_waiting);
    auto* all = new QVBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(metrics::gap);
    all->addWidget(stacked, 1);
    all->addWidget(m_chips);
    m_panel->hide();
    connect(m_panel, &ArithmeticPanel::closed, this, &StepsView::closePanel);
    connect(m_panel, &ArithmeticPanel::foldChanged, this, &StepsView::placePanel);
}

QPushButton* StepsView::addButton(const QString& text, const QString& toolTip)
{
    auto* button = new QPushButton(text, this);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setFocusPolicy(Qt::TabFocus); // a click leaves the keys to the view
    addControl(button);
    return button;
}

void StepsView::addControls()
{
    m_back = addButton(tr("◀ step"), tr("One step back (Backspace)"));
    m_forward = addButton(tr("▶ step"), tr("One step on (Space); key by key with . and ,"));
    m_forward->setProperty("look", "primary");
    m_play = addButton(tr("play"), tr("Go through the steps by themselves"));
    connect(m_back, &QPushButton::clicked, this, [this] { step(-1); });
    connect(m_forward, &QPushButton::clicked, this, [this] { step(1); });
    connect(m_play, &QPushButton::clicked, this, [this] { setPlaying(!m_player.isActive()); });
    m_order->addChoice(byKeys, tr("in order"), tr("Keys as they stand in the input"));
    m_order->addChoice(byWeight, tr("largest first"), tr("Keys with the largest weights first"));
    m_order->setCurrent(byKeys);
    m_order->setFocusPolicy(Qt::TabFocus);
    connect(m_order, &ChoiceButton::chosen, this,
        [this](const QString& order) { setOption(QStringLiteral("order"), order); });
    addControl(m_order);
    for (QPushButton* button : { m_back, m_forward, m_play })
        button->setEnabled(false); // until there are steps
}

Scene StepsView::scene() const
{
    Scene scene = ViewFrame::scene();
    scene.computation = m_loader.find(scene.result, scene.selection.site());
    return scene;
}

void StepsView::showMap()
{
    const AttentionSite site = session().selection().site();
    session().setSteps({ false, { site.layer } });
    m_loader.want(session().result(), site);
    m_idle.start();
    rebuild();
}

void StepsView::showWaiting(const QString& message)
{
    m_data.reset();
    setPlaying(false);
    for (QPushButton* button : { m_back, m_forward, m_play })
        button->setEnabled(false);
    closePanel();
    m_canvas->setData(nullptr, colourMap(session().display().colourMap));
    m_chips->setSteps({}, -1);
    m_waiting->setText(message);
    m_stack->setCurrentWidget(m_waiting);
    setHeading({ headTitle(ViewFrame::scene()), {} });
    setCaption({});
}

void StepsView::rebuild()
{
    const Scene scene = this->scene();
    auto made = std::make_shared<StepsData>(scene);
    if (made->empty())
        return showWaiting(tr("Working out the steps of layer %1 …").arg(scene.selection.layer));
    m_data = std::move(made);
    m_orderShown = option(QStringLiteral("order"), byKeys).toString();
    m_stack->setCurrentWidget(m_canvas);
    m_canvas->setData(m_data, colourMap(scene.display.colourMap));
    if (scene.selection.key)
        m_canvas->showRow(m_data->keyRow());
    if (m_opened)
        open(StepCell(*m_opened));
    showTexts();
}

void StepsView::showMarks()
{
    if (!m_data)
        return rebuild();
    const Selection& selection = session().selection();
    if (selection.query() ? (m_data->byItself || *selection.query() != m_data->query) : !m_data->byItself)
        return rebuild();
    m_data->setKey(scene());
    m_canvas->setHovered(session().hover().key);
    m_canvas->viewport()->update();
    showTexts();
}

void StepsView::showOptions()
{
    if (!m_data || m_orderShown != option(QStringLiteral("order"), byKeys).toString())
        return rebuild();
    const int before = m_data->current;
    m_data->setProgress(scene());
    m_canvas->stepFrom(before);
    if (m_data->half >= 0 && m_data->stepsThroughKeys())
        m_canvas->showRow(m_data->half);
    showTexts();
}

void StepsView::showTexts()
{
    const StepsData& shown = *m_data;
    const auto count = int(shown.steps.size());
    setHeading(shown.heading(scene()));
    m_order->setCurrent(m_orderShown);
    m_chips->setSteps(chipTitles(shown), shown.current);
    m_play->setEnabled(true);
    m_back->setEnabled(shown.current >= 0);
    m_forward->setEnabled(shown.current + 1 < count);
    QStringList caption{ shown.progressText() };
    if (shown.half < 0)
        caption += shown.remarks();
    const QString text = caption.join(' ');
    // One line while keys go by: a caption that wraps and unwraps would move the picture.
    setCaption(shown.half < 0
            ? text
            : QFontMetrics(currentTheme().small)
                  .elidedText(text, Qt::ElideRight, std::max(80, width() - 2 * metrics::wideGap)));
    m_canvas->setAccessibleDescription(text);
}

void StepsView::go(const StepPlace& place)
{
    if (!ready())
        return;
    QVariantMap options = session().viewOptions(QStringLiteral("steps"));
    options.insert(QStringLiteral("step"),
        place.step < 0 ? QString() : QString::fromStdString(m_data->steps[std::size_t(place.step)].id));
    options.insert(QStringLiteral("row"), place.half);
    session().setViewOptions(QStringLiteral("steps"), options);
}

void StepsView::step(int by)
{
    if (!ready())
        return;
    go(stepped(*m_data, by));
    if (m_data->current + 1 >= int(m_data->steps.size()))
        setPlaying(false);
}

void StepsView::halfStep(int by)
{
    if (ready())
        go(halfStepped(*m_data, by));
}

void StepsView::setPlaying(bool playing)
{
    if (playing == m_player.isActive())
        return;
    m_play->setText(playing ? tr("pause") : tr("play"));
    if (!playing)
        return m_player.stop();
    m_player.start();
    if (m_data && m_data->current + 1 >= int(m_data->steps.size()))
        go({ 0, -1 });
    else
        step(1);
}

/// The query that is shown becomes the chosen one with it.
void StepsView::choose(std::int64_t place)
{
    Selection selection = session().selection();
    if (selection.query() != m_data->query)
        selection.queries = { m_data->query };
    selection.key = int(m_data->told.keys[std::size_t(place)]);
    session().setSelection(selection);
}

void StepsView::open(const StepCell& cell)
{
    const auto arithmetic = m_data->explain(cell);
    if (!arithmetic)
        return closePanel();
    m_opened = cell;
    m_canvas->setOpened(cell);
    const QString title = m_data->cellTitle(cell);
    m_panel->showSum(title, *arithmetic, arithmeticText(title, *arithmetic));
    placePanel();
}

void StepsView::closePanel()
{
    m_opened.reset();
    m_canvas->setOpened({});
    m_panel->hide();
}

/// In the corner of the card that is farthest from the cell.
void StepsView::placePanel()
{
    if (!m_opened || !m_data)
        return;
    const QRectF cell = m_canvas->layoutNow().cellRect(*m_data, *m_opened);
    const QRect card =
        m_canvas->viewport()->rect().adjusted(panelMargin, panelMargin, -panelMargin, -panelMargin);
    const int width = std::min(m_panel->unfolded() ? widePanel : panelWidth, card.width());
    m_panel->setFixedWidth(width);
    const int height = std::min({ std::max(m_panel->heightForWidth(width), m_panel->sizeHint().height()),
        panelHeight, card.height() });
    const bool right = cell.isEmpty() || cell.center().x() < card.center().x();
    const bool above = !cell.isEmpty() && cell.center().y() > card.center().y();
    m_panel->setGeometry(right ? card.right() - width + 1 : card.left(),
        above ? card.top() : card.bottom() - height + 1, width, height);
    m_panel->raise();
}

void StepsView::moveBy(int columns, int rows)
{
    if (!ready())
        return;
    if (columns != 0) { // another query
        Selection selection = session().selection();
        selection.queries = { m_data->query };
        const auto by = columns > 0 ? Step::Down : Step::Up;
        return session().setSelection(moved(selection, by, *session().result(), session().display()));
    }
    if (m_data->order.empty())
        return;
    const int row = std::clamp(m_data->keyRow() + rows, 0, int(m_data->order.size()) - 1);
    choose(m_data->order[std::size_t(row)]);
    m_canvas->showRow(row);
}

void StepsView::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Space:
        return step(event->modifiers() & Qt::ShiftModifier ? -1 : 1);
    case Qt::Key_Backspace:
        return step(-1);
    case Qt::Key_Period:
        return halfStep(1);
    case Qt::Key_Comma:
        return halfStep(-1);
    case Qt::Key_Return:
    case Qt::Key_Enter: // the sum behind what the half-step is at, or behind the chosen weight
        if (ready() && m_data->chosenPlace >= 0)
            open(
                m_data->halfCell().value_or(StepCell{ std::string(stages::weight), m_data->chosenPlace, 0 }));
        return;
    case Qt::Key_Escape:
        if (m_panel->isVisible())
            return closePanel();
        break;
    default:
        break;
    }
    ViewFrame::keyPressEvent(event);
}

void StepsView::hideEvent(QHideEvent* event)
{
    setPlaying(false);
    m_idle.stop();
    session().setSteps({});
    ViewFrame::hideEvent(event);
}

void StepsView::resizeEvent(QResizeEvent* event)
{
    ViewFrame::resizeEvent(event);
    placePanel();
}

} // namespace

const ViewDescriptor& stepsView()
{
    static const StepsFigure figure;
    static const ViewDescriptor view{ QStringLiteral("steps"),
        QCoreApplication::translate("StepsView", "Steps"),
        QCoreApplication::translate("StepsView",
            "How one weight came about: query, keys, scores, softmax, values and what they are added to, "
            "step by step."),
        QCoreApplication::translate("StepsView",
            "The steps come from the model itself; this result holds attention weights alone, without a "
            "model to run."),
        [](const AnalysisResult& result, const LayerAttention& layer) {
            return ComputationLoader::possible(result, layer.site);
        },
        [](Session& session, QWidget* parent) -> View* { return new StepsView(session, parent); },
        []() -> const Figure& { return figure; }, ViewDescriptor::Entry::Tab, true };
    return view;
}

} // namespace headlight::ui
