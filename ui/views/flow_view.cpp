// The Flow on the screen: a click chooses whose sources are followed and from which layer, hover reads a
// number and shows a token's own lines, a double click opens the layer in the Heatmap.

#include "ui/views/choosing.h"
#include "ui/views/flow_figure.h"
#include "ui/views/flow_progress.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/accessible_map.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/choice_button.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QSlider>

namespace headlight::ui {
namespace {

/// The threshold slider counts in halves of a percent.
constexpr int thresholdSteps = 100;
constexpr double thresholdStep = 0.005;

/// The graph; the view tells it what to draw and hears what was pointed at.
class FlowCanvas : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(FlowCanvas)
public:
    explicit FlowCanvas(QWidget* parent)
        : QWidget(parent)
    {
        setMouseTracking(true);
        setMinimumSize(120, 80);
        setAccessibleName(tr("Graph of the layers, from the input at the left to the output at the right"));
        makeAccessible(this, accessible());
    }
    std::function<void(std::optional<FlowNode>)> pointed;
    std::function<std::vector<MixingEdge>(const FlowNode&)> linesBelow;
    std::function<void(const FlowNode&, Qt::KeyboardModifiers)> clicked;
    std::function<void()> opened;

    void show(FlowPicture picture)
    {
        m_picture = std::move(picture);
        lay();
        tellAccessible(this);
    }
    /// The old picture stands for something that is being computed anew.
    void setWaiting(bool waiting)
    {
        m_waiting = waiting;
        update();
    }
    const FlowPicture& picture() const { return m_picture; }
    const FlowLayout& layout() const { return m_layout; }

protected:
    void resizeEvent(QResizeEvent*) override { lay(); }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        if (m_picture.empty())
            return;
        // Thousands of lines are drawn once; the pointer moves over a copy.
        const QSize size = this->size() * devicePixelRatioF();
        if (m_layer.size() != size) {
            m_layer = QPixmap(size);
            m_layer.setDevicePixelRatio(devicePixelRatioF());
            m_layer.fill(Qt::transparent);
            QPainter layer(&m_layer);
            m_picture.paint(layer, m_layout);
        }
        painter.setOpacity(m_waiting ? 0.4 : 1.0);
        painter.drawPixmap(0, 0, m_layer);
        if (m_under && !m_waiting)
            m_picture.paintPointed(painter, m_layout, *m_under, m_below);
    }
    void mouseMoveEvent(QMouseEvent* event) override { point(m_picture.at(m_layout, event->position())); }
    void leaveEvent(QEvent*) override { point(std::nullopt); }
    void mousePressEvent(QMouseEvent* event) override
    {
        auto node = m_picture.at(m_layout, event->position());
        if (node && m_layout.picture().contains(event->position()))
            node->level = 0; // a patch of the input, whatever level the tint is of
        if (node && event->button() == Qt::LeftButton)
            clicked(*node, event->modifiers());
    }
    void mouseDoubleClickEvent(QMouseEvent* event) override
    {
        if (event->button() == Qt::LeftButton && m_picture.at(m_layout, event->position()))
            opened();
    }

private:
    AccessibleMap accessible();
    void lay()
    {
        m_under.reset();
        m_layout = m_picture.layout(QRectF(rect()).adjusted(0, 0, -2, -2));
        m_layer = QPixmap();
        update();
    }
    void point(const std::optional<FlowNode>& node)
    {
        if (node == m_under)
            return;
        m_under = node;
        m_below = node ? linesBelow(*node) : std::vector<MixingEdge>();
        pointed(node);
        tellAccessible(this);
        update();
    }

    FlowPicture m_picture;
    FlowLayout m_layout;
    QPixmap m_layer;
    std::optional<FlowNode> m_under;
    std::vector<MixingEdge> m_below;
    bool m_waiting = false;
};

/// A column per level of the graph; each says its token, its level and its share.
AccessibleMap FlowCanvas::accessible()
{
    AccessibleMap map;
    map.rows = [this] {
        int most = 0;
        for (int level = 0; level < m_layout.levels(); ++level)
            most = std::max(most, m_layout.rows(level));
        return most;
    };
    map.columns = [this] { return m_layout.levels(); };
    const auto nodeOf = [this](AccessibleCell cell) {
        const bool there = cell.row < m_layout.rows(cell.column); // levels of a pair are not of one length
        return there ? std::optional(FlowNode{ cell.column, cell.row }) : std::nullopt;
    };
    map.value = [this, nodeOf](AccessibleCell cell) {
        const auto node = nodeOf(cell);
        return node ? m_picture.numberText(*node) : QString();
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        if (m_picture.empty() || m_layout.empty())
            return std::nullopt;
        if (m_under)
            return AccessibleCell{ m_under->row, m_under->level };
        const FlowContent& content = m_picture.content();
        const auto row =
            content.queries.empty() ? std::nullopt : m_picture.rowOf(content.start, content.queries.front());
        return row ? std::optional(AccessibleCell{ *row, content.start }) : std::nullopt;
    };
    map.place = [this, nodeOf](AccessibleCell cell) {
        const auto node = nodeOf(cell);
        const QSize size(16, std::max(8, int(m_layout.rowHeight(cell.column))));
        return node ? QRect(m_layout.centre(*node).toPoint() - QPoint(8, size.height() / 2), size) : QRect();
    };
    map.choose = [this, nodeOf](AccessibleCell cell) {
        if (const auto node = nodeOf(cell))
            clicked(*node, Qt::NoModifier);
    };
    return map;
}

class FlowView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(FlowView)
public:
    FlowView(Session& session, QWidget* parent);

protected:
    void showMap() override;
    void showMarks() override;
    void moveBy(int columns, int rows) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum class Stale { KeepWhenSame, ComputeAnew };
    void addControls();
    void addThreshold();
    void showControls();
    void refresh(Stale stale);
    void setContent(std::shared_ptr<const FlowContent> content);
    void drawContent(std::shared_ptr<const FlowContent> content);
    void draw();
    void choose(const FlowNode& node, Qt::KeyboardModifiers modifiers);
    void pointAt(const std::optional<FlowNode>& node);

    FlowCanvas* m_canvas;
    FlowProgress* m_progress;
    ChoiceButton *m_method = nullptr, *m_heads = nullptr;
    QDoubleSpinBox* m_residual = nullptr;
    QSlider* m_threshold = nullptr;
    FlowRequest m_request; ///< whose content is shown or on its way
    std::shared_ptr<const FlowContent> m_content;
    Scene m_drawn; ///< without hover: what the picture depends on beside the content
    AsyncJob m_job;
};

FlowView::FlowView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("flow"))
    , m_canvas(new FlowCanvas(this))
    , m_progress(new FlowProgress(m_canvas))
{
    setAccessibleName(tr("Flow through the layers"));
    auto* all = new QVBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_canvas, 1);
    auto* over = new QVBoxLayout(m_canvas);
    over->addWidget(m_progress, 0, Qt::AlignCenter);
    addControls();
    addThreshold();
    m_canvas->pointed = [this](const std::optional<FlowNode>& node) { pointAt(node); };
    m_canvas->linesBelow = [this](const FlowNode& node) {
        const bool known = m_content && node.level <= m_content->start && !m_content->shares.empty();
        return known ? edgesBelow(*m_content, m_request, node.level, m_canvas->picture().tokenOf(node))
                     : std::vector<MixingEdge>();
    };
    m_canvas->clicked = [this](const FlowNode& node, Qt::KeyboardModifiers modifiers) {
        choose(node, modifiers);
    };
    m_canvas->opened = [this] { emit openRequested(QStringLiteral("heatmap")); };
    m_progress->cancelled = [this] { m_job.cancel(); };
    m_progress->wanted = [this] { refresh(Stale::ComputeAnew); };
}

void FlowView::addControls()
{
    m_method = new ChoiceButton({}, tr("Method"), tr("How the layers are put together"), this);
    m_method->addChoice(id(FlowMethod::Rollout), tr("Rollout"),
        tr("Multiply what every layer mixes; shares sum to 1 (Abnar and Zuidema 2020)"));
    m_method->addChoice(id(FlowMethod::Flow), tr("Flow"),
        tr("The largest flow to each token, weights being capacities (Abnar and Zuidema 2020)"));
    m_method->addChoice(id(FlowMethod::Raw), tr("Raw attention"), tr("Every layer by itself"));
    m_heads = new ChoiceButton({}, tr("Heads"), tr("How the heads of each layer become one"), this);
    m_heads->addChoice(id(FlowHeads::Mean), tr("mean of heads"), tr("The mean of all heads of a layer"));
    m_heads->addChoice(
        id(FlowHeads::Max), tr("max of heads"), tr("The largest weight of any head, rows brought to sum 1"));
    m_heads->addChoice(id(FlowHeads::Chosen), tr("chosen heads"), tr("The chosen heads, in every layer"));
    m_residual = new QDoubleSpinBox(this);
    m_residual->setRange(0.0, 1.0);
    m_residual->setSingleStep(0.05);
    m_residual->setDecimals(2);
    m_residual->setPrefix(tr("residual "));
    m_residual->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_residual->setAccessibleName(tr("Share of the residual path"));
    m_residual->setToolTip(tr("What share of a token goes past the attention of a layer unchanged, 0 to 1"));
    connect(m_method, &ChoiceButton::chosen, this,
        [this](const QString& chosen) { setOption(QStringLiteral("method"), chosen); });
    connect(m_heads, &ChoiceButton::chosen, this,
        [this](const QString& chosen) { setOption(QStringLiteral("heads"), chosen); });
    connect(m_residual, &QDoubleSpinBox::valueChanged, this,
        [this](double value) { setOption(QStringLiteral("residual"), value); });
    addControl(m_method);
    addControl(m_heads);
    addControl(m_residual);
}

void FlowView::addThreshold()
{
    m_threshold = new QSlider(Qt::Horizontal, this);
    m_threshold->setRange(0, thresholdSteps);
    m_threshold->setFixedWidth(90);
    m_threshold->setAccessibleName(tr("Threshold of the lines"));
    m_threshold->setToolTip(
        tr("Leave out lines that carry less than a share of the strongest of their layer"));
    connect(m_threshold, &QSlider::valueChanged, this,
        [this](int value) { setOption(QStringLiteral("threshold"), value * thresholdStep); });
    addControl(m_threshold);
}

void FlowView::showControls()
{
    const FlowOptions options = FlowOptions::of(scene().options);
    const QSignalBlocker residual(m_residual), threshold(m_threshold);
    m_method->setCurrent(id(options.method));
    m_heads->setCurrent(id(options.heads));
    m_residual->setValue(options.residual);
    m_residual->setEnabled(options.method != FlowMethod::Raw);
    m_threshold->setValue(int(std::lround(options.threshold / thresholdStep)));
}

void FlowView::showMap()
{
    showControls();
    m_drawn = {}; // theme and display may have changed with it
    refresh(Stale::KeepWhenSame);
}

void FlowView::showMarks()
{
    refresh(Stale::KeepWhenSame);
}

/// The same request keeps its numbers: a threshold or a theme changes the drawing alone.
void FlowView::refresh(Stale stale)
{
    FlowRequest request(scene());
    const bool same = request == m_request && (m_content || m_job.running());
    if (stale == Stale::KeepWhenSame && same) {
        if (m_content && !m_job.running())
            draw();
        return;
    }
    m_job.cancel();
    m_request = std::move(request);
    if (isPrompt(m_request))
        return setContent(std::make_shared<const FlowContent>(flowContent(m_request)));
    if (!m_content || m_content->result != m_request.result || m_content->shares.empty())
        drawContent(std::make_shared<const FlowContent>(flowOutline(m_request)));
    m_canvas->setWaiting(true);
    using Answer = std::shared_ptr<const FlowContent>;
    m_job.start<Answer>(
        this,
        [request = m_request, done = m_progress->begin()](const std::stop_token& stop) -> Answer {
            const JobControl control(
                stop, [done](double fraction, std::string_view) { done->store(int(fraction * 1000)); });
            return std::make_shared<const FlowContent>(flowContent(request, control));
        },
        [this](const Answer& content) { setContent(content); });
}

void FlowView::setContent(std::shared_ptr<const FlowContent> content)
{
    m_progress->end();
    m_canvas->setWaiting(false);
    drawContent(std::move(content));
}

void FlowView::drawContent(std::shared_ptr<const FlowContent> content)
{
    m_content = std::move(content);
    m_drawn = {};
    draw();
}

void FlowView::draw()
{
    const Scene scene = this->scene();
    const bool same = scene.result == m_drawn.result && scene.selection == m_drawn.selection
        && scene.display == m_drawn.display && scene.options == m_drawn.options
        && scene.theme == m_drawn.theme;
    if (same)
        return; // only the pointer moved
    m_drawn = scene;
    m_canvas->show(FlowPicture(m_content, scene));
    setHeading(m_canvas->picture().heading());
    setCaption(m_canvas->picture().caption());
}

void FlowView::pointAt(const std::optional<FlowNode>& node)
{
    Hover hover;
    if (node && m_content) {
        const FlowLevel& level = m_content->levels[std::size_t(node->level)];
        const int token = m_canvas->picture().tokenOf(*node);
        const bool own = level.stack == m_content->levels[std::size_t(m_content->start)].stack;
        if (own && level.layer >= 0) {
            hover.layer = level.layer;
            hover.query = token;
        } else if (!own || !m_content->pair()) {
            hover.key = token;
        }
    }
    session().setHover(hover);
}

void FlowView::choose(const FlowNode& node, Qt::KeyboardModifiers modifiers)
{
    if (!m_content)
        return;
    const FlowLevel& level = m_content->levels[std::size_t(node.level)];
    const int token = m_canvas->picture().tokenOf(node);
    const bool own = level.stack == m_content->levels[std::size_t(m_content->start)].stack;
    Selection selection = session().selection();
    if (own && level.layer >= 0) {
        selection =
            withQuery(session(), token, level.layer == selection.layer ? modifiers : Qt::KeyboardModifiers());
        selection.layer = level.layer;
        if (!m_content->pair())
            selection.key.reset();
    } else if (!own || !selection.queries.empty()) {
        if (m_content->pair() && own)
            return; // the decoder's own input is neither a row nor a column of cross attention
        selection = withKey(session(), token);
    }
    session().setSelection(selection);
}

void FlowView::moveBy(int columns, int rows)
{
    const FlowPicture& picture = m_canvas->picture();
    if (!m_content || picture.empty() || m_canvas->layout().empty())
        return;
    const auto query = session().selection().query();
    const auto here = query ? picture.rowOf(m_content->start, *query) : std::nullopt;
    FlowNode to{ m_content->start + columns, 0 };
    const int lowest = (m_content->pair() ? m_content->secondStack() : 0) + 1;
    to.level = std::clamp(to.level, lowest, int(m_content->levels.size()) - 1);
    to.row = std::clamp(here ? *here + rows : 0, 0, m_canvas->layout().rows(to.level) - 1);
    choose(to, Qt::NoModifier);
}

void FlowView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return emit openRequested(QStringLiteral("heatmap"));
    ViewFrame::keyPressEvent(event);
}

} // namespace

const ViewDescriptor& flowView()
{
    static const FlowFigure figure;
    static const ViewDescriptor view{ QStringLiteral("flow"), QCoreApplication::translate("FlowView", "Flow"),
        QCoreApplication::translate(
            "FlowView", "The layers as one graph: what of the input arrives in the chosen token."),
        QCoreApplication::translate("FlowView",
            "Flow follows tokens through all layers. It is not defined here: the layers merge their tokens, "
            "or "
            "not all of them were recorded."),
        hasFlow, [](Session& session, QWidget* parent) -> View* { return new FlowView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
