// The Heatmap on the screen: overview at the left, the map under the hand, the chosen row as a sentence
// beneath.

#include "ui/session/navigation.h"
#include "ui/session/row_extras.h"
#include "ui/views/choosing.h"
#include "ui/views/distribution.h"
#include "ui/views/heads_panel.h"
#include "ui/views/heatmap_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/accessible_map.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/heatmap_canvas.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>

namespace headlight::ui {
namespace {

constexpr int settleMilliseconds = 150;
constexpr const char *largestWeight = "largest", *meanWeight = "mean";
const QString windowOption = QStringLiteral("window");

/// The token strip; paints what RowSentence laid out for its width.
class StripWidget : public QWidget {
public:
    explicit StripWidget(QWidget* parent)
        : QWidget(parent)
    {
        setFixedHeight(42);
    }
    void show(const Scene& scene, const ShownMap& map)
    {
        if (scene.selection == m_scene.selection && scene.display == m_scene.display
            && scene.result == m_scene.result && &themeOf(scene) == &themeOf(m_scene))
            return; // only the pointer moved
        m_scene = scene;
        m_map = map;
        lay();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        m_strip.paint(painter, rect(), currentTheme());
    }
    void resizeEvent(QResizeEvent*) override { lay(); }

private:
    void lay()
    {
        const auto sentence = [scene = m_scene, map = m_map, width = width()](const std::stop_token&) {
            return RowSentence::of(scene, map, width, Effort::Prompt);
        };
        const auto show = [this](const RowSentence& strip) {
            m_strip = strip;
            update();
        };
        m_job.cancel();
        if (RowSentence::cells(m_scene, m_map) <= ShownMap::promptCells)
            show(sentence({}));
        else
            m_job.start<RowSentence>(this, sentence, show);
    }

    Scene m_scene;
    ShownMap m_map;
    RowSentence m_strip;
    AsyncJob m_job; ///< reads what thousands of chosen tokens look at
};

class HeatmapView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(HeatmapView)
public:
    HeatmapView(Session& session, QWidget* parent);
    Scene scene() const override;

protected:
    void showMap() override;
    void showMarks() override;
    void showOptions() override;
    void moveBy(int columns, int rows) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void choose(std::optional<int> row, std::optional<int> column, Qt::KeyboardModifiers modifiers);
    void pointAt(std::optional<Cell> cell);
    QString readOut(const Cell& cell) const;
    void setContent(HeatmapContent content);
    void addPooling();
    AccessibleMap accessible();
    void connectCanvas();
    /// The option "window": kept when zoom and pan have settled, taken when it came from elsewhere.
    void keepWindow();
    void takeWindow();
    void showPooling();

    HeadsPanelWidget* m_heads;
    HeatmapCanvas* m_canvas;
    StripWidget* m_strip;
    ShownMap m_map;
    AsyncJob m_job;
    ChoiceButton* m_pooling;
    QTimer* m_settled;
    QVariant m_keptWindow; ///< the option as this view last knew it
    QString m_role;
};

HeatmapView::HeatmapView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("heatmap"))
    , m_heads(new HeadsPanelWidget(this))
    , m_canvas(new HeatmapCanvas(this))
    , m_strip(new StripWidget(this))
    , m_pooling(new ChoiceButton(tr("Pixel"), tr("What cells that share a pixel show"),
          tr("What cells that share a pixel show"), this))
    , m_settled(new QTimer(this))
{
    setAccessibleName(tr("Heat map of one head"));
    auto* middle = new QHBoxLayout;
    middle->setSpacing(metrics::wideGap);
    middle->addWidget(m_heads);
    middle->addWidget(m_canvas, 1);
    auto* all = new QVBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->addLayout(middle, 1);
    all->addWidget(m_strip);
    m_settled->setSingleShot(true);
    m_settled->setInterval(settleMilliseconds);
    connect(m_settled, &QTimer::timeout, this, &HeatmapView::keepWindow);
    addPooling();
    connectCanvas();
    makeAccessible(m_canvas, accessible());
    setTabOrder(m_pooling, m_heads);
    connect(m_heads, &HeadsPanelWidget::headClicked, this,
        [this](int layer, int head, Qt::KeyboardModifiers modifiers) {
            this->session().setSelection(withHead(this->session().selection(), layer, head, modifiers));
        });
    connect(m_heads, &HeadsPanelWidget::roleClicked, this,
        [this](const QString& role) { setOption(QStringLiteral("role"), role); });
}

AccessibleMap HeatmapView::accessible()
{
    AccessibleMap map;
    map.rows = [this] { return showsMap() ? int(m_map.rows()) : 0; };
    map.columns = [this] { return showsMap() ? int(m_map.columns()) : 0; };
    map.rowName = [this](int row) { return tokenLabel(m_map.rowAxis(), m_map.rowTokens(), row); };
    map.columnName = [this](
                         int column) { return tokenLabel(m_map.columnAxis(), m_map.columnTokens(), column); };
    map.value = [this](AccessibleCell cell) { return spokenWeight(m_map.at(cell.row, cell.column)); };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const HeatmapMarks marks = heatmapMarks(session().selection(), m_map);
        if (marks.rows.empty() || !marks.column)
            return std::nullopt;
        return AccessibleCell{ marks.rows.front(), *marks.column };
    };
    map.place = [this](AccessibleCell cell) {
        return m_canvas->cells().cellRect(cell.row, cell.column).toAlignedRect();
    };
    map.choose = [this](AccessibleCell cell) { choose(cell.row, cell.column, Qt::NoModifier); };
    return map;
}

void HeatmapView::addPooling()
{
    m_pooling->addChoice(
        largestWeight, tr("largest"), tr("The largest of the weights: single bright cells stay visible"));
    m_pooling->addChoice(meanWeight, tr("mean"), tr("The mean of the weights: how much there is altogether"));
    connect(m_pooling, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        DisplaySettings display = session().display();
        display.pooling = chosen == QLatin1String(meanWeight) ? Pooling::Mean : Pooling::Max;
        session().setDisplay(display);
    });
    addControl(m_pooling);
}

void HeatmapView::connectCanvas()
{
    m_canvas->setReadOut([this](const Cell& cell) { return readOut(cell); });
    connect(m_canvas, &HeatmapCanvas::cellClicked, this,
        [this](
            const Cell& cell, Qt::KeyboardModifiers modifiers) { choose(cell.row, cell.column, modifiers); });
    connect(m_canvas, &HeatmapCanvas::rowClicked, this,
        [this](int row, Qt::KeyboardModifiers modifiers) { choose(row, std::nullopt, modifiers); });
    connect(m_canvas, &HeatmapCanvas::columnClicked, this,
        [this](int column, Qt::KeyboardModifiers modifiers) { choose(std::nullopt, column, modifiers); });
    connect(m_canvas, &HeatmapCanvas::hovered, this, &HeatmapView::pointAt);
    connect(m_canvas, &HeatmapCanvas::fitted, this, [this] {
        if (!m_map.empty())
            showPooling();
    });
    connect(m_canvas, &HeatmapCanvas::windowChanged, this, [this] {
        m_settled->start();
        showPooling();
    });
}

Scene HeatmapView::scene() const
{
    Scene scene = ViewFrame::scene();
    scene.options.remove(windowOption);
    if (m_canvas->cells().zoomedIn())
        scene.options.insert(windowOption, m_canvas->cells().window);
    return scene;
}

void HeatmapView::keepWindow()
{
    const HeatmapGeometry& cells = m_canvas->cells();
    const QRectF& window = cells.window;
    m_keptWindow = cells.zoomedIn()
        ? QVariant(QVariantList{ window.left(), window.top(), window.width(), window.height() })
        : QVariant();
    if (option(windowOption) != m_keptWindow)
        setOption(windowOption, m_keptWindow);
}

void HeatmapView::takeWindow()
{
    const QVariant window = option(windowOption);
    if (window == m_keptWindow)
        return;
    m_keptWindow = window;
    m_canvas->setWindow(windowOf(window));
    m_settled->stop(); // nothing to keep: it came from there
}

void HeatmapView::showOptions()
{
    takeWindow();
    const QString role = option(QStringLiteral("role")).toString();
    if (role == m_role)
        return;
    m_role = role;
    m_heads->show(scene());
    m_heads->setChosen(session().selection().layer, session().selection().heads);
}

void HeatmapView::showPooling()
{
    const bool pools = poolsCells(m_canvas->cells(), devicePixelRatioF());
    m_pooling->setVisible(pools);
    m_pooling->setCurrent(session().display().pooling == Pooling::Max ? largestWeight : meanWeight);
    setCaption(heatmapCaption(ViewFrame::scene(), m_canvas->cells(), devicePixelRatioF()));
}

void HeatmapView::showMap()
{
    const Scene scene = this->scene();
    m_map = ShownMap(scene);
    setHeading({ headTitle(scene), heatmapChips(scene) });
    m_role = option(QStringLiteral("role")).toString();
    m_heads->show(scene);
    setContent(heatmapPreview(scene, m_map));
    takeWindow();
    showPooling();
    if (m_keptWindow.isValid() != m_canvas->cells().zoomedIn())
        m_settled->start(); // another input: its map is shown whole

    m_job.cancel();
    if (!m_map.prompt())
        m_job.start<HeatmapContent>(
            this,
            [scene, map = m_map](
                const std::stop_token& stop) { return heatmapContent(scene, map, 2048, stop); },
            [this](HeatmapContent content) { setContent(std::move(content)); });
    showMarks();
}

void HeatmapView::setContent(HeatmapContent content)
{
    const Pooling pooling = content.pooling;
    m_canvas->setContent(std::make_shared<const HeatmapContent>(std::move(content)),
        [map = m_map, pooling](const Block& block, std::int64_t height, std::int64_t width,
            const std::stop_token& stop) { return map.sample(block, height, width, pooling, stop); });
}

void HeatmapView::showMarks()
{
    const Selection& selection = session().selection();
    HeatmapMarks marks = heatmapMarks(selection, m_map);
    const Hover& hover = session().hover();
    if (hover.query && hover.key) {
        const auto row = m_map.rowOf(*hover.query), column = m_map.columnOf(*hover.key);
        if (row && column)
            marks.hover = Cell{ *row, *column };
    }
    m_canvas->setMarks(marks);
    m_heads->setChosen(selection.layer, selection.heads);
    m_strip->show(scene(), m_map);
    tellAccessible(m_canvas);
}

QString HeatmapView::readOut(const Cell& cell) const
{
    if (!session().result() || cell.row >= m_map.rows() || cell.column >= m_map.columns())
        return {};
    QString text = QStringLiteral("\u2068%1\u2069 → \u2068%2\u2069   %3")
                       .arg(tokenLabel(m_map.rowAxis(), m_map.rowTokens(), cell.row),
                           tokenLabel(m_map.columnAxis(), m_map.columnTokens(), cell.column),
                           exactText(m_map.at(cell.row, cell.column)));
    if (const auto share = sinkShare(m_map.map(), m_map.rowTokens(), cell.row))
        text += QStringLiteral("   ") + tr("sink %1").arg(shareText(*share));
    if (const auto choice = expertsOf(*session().result(), m_map.map().layer());
        choice && !m_map.rowTokens().joins())
        text += QStringLiteral("   ") + tr("experts %1").arg(expertsText(*choice, m_map.queryOf(cell.row)));
    return text;
}

void HeatmapView::pointAt(std::optional<Cell> cell)
{
    Hover hover;
    if (cell && cell->row < m_map.rows() && cell->column < m_map.columns()) {
        hover.query = m_map.queryOf(cell->row);
        hover.key = m_map.keyOf(cell->column);
    }
    session().setHover(hover);
}

void HeatmapView::choose(std::optional<int> row, std::optional<int> column, Qt::KeyboardModifiers modifiers)
{
    Selection selection = session().selection();
    if (row && *row < m_map.rows())
        selection = withQuery(session(), m_map.queryOf(*row), modifiers);
    if (column && *column < m_map.columns())
        selection.key = m_map.keyOf(*column);
    else
        selection.key.reset();
    session().setSelection(selection);
}

void HeatmapView::moveBy(int columns, int rows)
{
    const Step step = columns < 0 ? Step::Left : columns > 0 ? Step::Right : rows < 0 ? Step::Up : Step::Down;
    if (m_map.empty())
        return;
    session().setSelection(moved(session().selection(), step, *session().result(), session().display()));
    const HeatmapMarks marks = heatmapMarks(session().selection(), m_map);
    if (!marks.rows.empty())
        m_canvas->reveal({ marks.rows.front(), marks.column.value_or(0) });
}

void HeatmapView::keyPressEvent(QKeyEvent* event)
{
    const QPointF centre = m_canvas->cells().plot.center();
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal)
        return m_canvas->zoom(1.5, centre);
    if (event->key() == Qt::Key_Minus)
        return m_canvas->zoom(1 / 1.5, centre);
    if (event->key() == Qt::Key_0)
        return m_canvas->showWhole();
    ViewFrame::keyPressEvent(event);
}

} // namespace

const ViewDescriptor& heatmapView()
{
    static const HeatmapFigure figure;
    static const ViewDescriptor view{ QStringLiteral("heatmap"),
        QCoreApplication::translate("HeatmapView", "Heatmap"),
        QCoreApplication::translate(
            "HeatmapView", "One head as a matrix: zoom from the whole map to the printed number."),
        QCoreApplication::translate("HeatmapView", "This run recorded no attention weights."),
        [](const AnalysisResult&, const LayerAttention&) { return true; },
        [](Session& session, QWidget* parent) -> View* { return new HeatmapView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
