// Compare on the screen: what B is, three linked maps (A, B and their difference), and a page that says how
// to begin while there is no B.

#include "ui/session/comparison.h"
#include "ui/session/navigation.h"
#include "ui/views/choosing.h"
#include "ui/views/compare_controls.h"
#include "ui/views/compare_figure.h"
#include "ui/views/compare_heads.h"
#include "ui/views/compare_panels.h"
#include "ui/views/distribution.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/segmented_bar.h"

#include <QKeyEvent>
#include <QStackedWidget>

namespace headlight::ui {
namespace {

constexpr int startButtonWidth = 220;
const QString showKey = QStringLiteral("show"), minusKey = QStringLiteral("minus");

/// What a worker hands back.
struct Compared {
    std::shared_ptr<const CompareMaps> maps;
    ComparePicture picture;
};

class CompareView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(CompareView)
public:
    CompareView(Session& session, QWidget* parent);
    Scene scene() const override;

protected:
    void showMap() override;
    void showMarks() override;
    void showOptions() override;
    void moveBy(int columns, int rows) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void makeControls();
    void connectCanvases();
    QWidget* makeStart();
    QWidget* makeMessage();
    bool current() const;
    void sideChanged();
    void showStart();
    void showHead(int layer, int head);
    void showText(const QString& text);
    void showCompared(Compared compared);
    void setPicture(const ComparePicture& picture);
    void pointAt(std::optional<Cell> cell);
    void choose(std::optional<int> row, std::optional<int> column, Qt::KeyboardModifiers modifiers);
    QString readOut(const Cell& cell) const;

    CompareControls* m_controls;
    CompareHeads* m_heads;
    SegmentedBar *m_show, *m_minus;
    QStackedWidget* m_pages;
    ComparePanels* m_panels;
    QWidget* m_start;
    QLabel *m_startText = nullptr, *m_message = nullptr;
    QPushButton *m_otherHead = nullptr, *m_ownText = nullptr;
    std::shared_ptr<const CompareMaps> m_maps; ///< null while a worker aligns the tokens
    Scene m_drawn;
    std::optional<Cell> m_pointed;
    AsyncJob m_job;
};

CompareView::CompareView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QLatin1String(Comparison::view))
    , m_controls(new CompareControls(session, this))
    , m_heads(new CompareHeads(this))
    , m_show(new SegmentedBar(this))
    , m_minus(new SegmentedBar(this))
    , m_pages(new QStackedWidget(this))
    , m_panels(new ComparePanels(this))
{
    setAccessibleName(tr("Two heads and their difference"));
    m_start = makeStart();
    auto* all = column(body(), metrics::gap);
    all->addWidget(m_controls);
    all->addWidget(m_heads);
    all->addWidget(m_pages, 1);
    m_pages->addWidget(m_start);
    m_pages->addWidget(makeMessage());
    m_pages->addWidget(m_panels);
    m_pages->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    makeControls();
    connectCanvases();
    connect(&session.comparison(), &Comparison::changed, this, &CompareView::sideChanged);
    connect(m_heads, &CompareHeads::chosen, this, &CompareView::showHead);
}

void CompareView::makeControls()
{
    m_show->setAccessibleName(tr("What is shown"));
    m_show->setSegments(
        { { QStringLiteral("side"), tr("Side by side"), tr("A and B beside their difference") },
            { QStringLiteral("difference"), tr("Difference"),
                tr("The difference alone, as large as possible") } });
    m_minus->setAccessibleName(tr("Sign of the difference"));
    m_minus->setSegments(
        { { QStringLiteral("a-b"), differenceName(Sign::AMinusB), tr("Positive: more in A") },
            { QStringLiteral("b-a"), differenceName(Sign::BMinusA), tr("Positive: more in B") } });
    addControl(m_minus);
    addControl(m_show);
    connect(m_show, &SegmentedBar::chosen, this, [this](const QString& id) { setOption(showKey, id); });
    connect(m_panels, &ComparePanels::roomChanged, this,
        [this](bool forAll) { m_show->setVisible(forAll && m_drawn.other); });
    connect(m_minus, &SegmentedBar::chosen, this, [this](const QString& id) { setOption(minusKey, id); });
}

void CompareView::connectCanvases()
{
    const QString names[]{ tr("Heat map of A"), tr("Heat map of B"), tr("Heat map of the difference") };
    for (const CompareSide side : compareSides) {
        HeatmapCanvas* canvas = m_panels->canvas(side);
        canvas->setAccessibleName(names[int(side)]);
        canvas->setReadOut([this](const Cell& cell) { return readOut(cell); });
        connect(canvas, &HeatmapCanvas::hovered, this, &CompareView::pointAt);
        connect(canvas, &HeatmapCanvas::cellClicked, this,
            [this](const Cell& cell, Qt::KeyboardModifiers keys) { choose(cell.row, cell.column, keys); });
        connect(canvas, &HeatmapCanvas::rowClicked, this,
            [this](int row, Qt::KeyboardModifiers keys) { choose(row, std::nullopt, keys); });
        connect(canvas, &HeatmapCanvas::columnClicked, this,
            [this](int column, Qt::KeyboardModifiers keys) { choose(std::nullopt, column, keys); });
    }
}

/// How to begin: one sentence and a button for each way.
QWidget* CompareView::makeStart()
{
    auto* page = new QWidget(this);
    auto* all = column(page, metrics::gap);
    m_startText = new QLabel(
        tr("Hold the shown head against another: keep it as B, then change input, model or head; or choose B "
           "right away."),
        page);
    m_startText->setWordWrap(true);
    m_startText->setAlignment(Qt::AlignCenter);
    m_startText->setProperty("look", "muted");
    auto* keep = new QPushButton(tr("Keep this as B"), page);
    keep->setProperty("look", "primary");
    keep->setToolTip(tr("What is shown now stays as B, whatever changes afterwards"));
    m_otherHead = new QPushButton(tr("Compare with another head"), page);
    m_otherHead->setToolTip(tr("B is another layer or head of the same run"));
    m_ownText = new QPushButton(tr("Compare with another text"), page);
    m_ownText->setToolTip(tr("B is a second text that runs on the same model while you type"));
    all->addStretch(2);
    all->addWidget(m_startText);
    all->addSpacing(metrics::gap);
    auto* ways = new QVBoxLayout;
    ways->setSpacing(metrics::gap);
    for (QPushButton* button : { keep, m_otherHead, m_ownText }) {
        button->setAccessibleName(button->text());
        button->setMinimumWidth(startButtonWidth);
        ways->addWidget(button);
    }
    auto* middle = row(0);
    middle->addStretch();
    middle->addLayout(ways); // as wide as the widest of them
    middle->addStretch();
    all->addLayout(middle);
    all->addStretch(3);
    Comparison& comparison = session().comparison();
    connect(keep, &QPushButton::clicked, &comparison, &Comparison::keep);
    connect(m_otherHead, &QPushButton::clicked, &comparison, &Comparison::compareWithAnotherHead);
    connect(m_ownText, &QPushButton::clicked, m_controls, &CompareControls::beginText);
    return page;
}

QWidget* CompareView::makeMessage()
{
    m_message = plainLabel({}, this);
    m_message->setWordWrap(true);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setProperty("look", "muted");
    return m_message;
}

Scene CompareView::scene() const
{
    Scene scene = ViewFrame::scene();
    scene.other = session().comparison().side();
    const HeatmapGeometry& cells = m_panels->canvas(CompareSide::Difference)->cells();
    if (cells.zoomedIn())
        scene.options.insert(QStringLiteral("window"), cells.window);
    return scene;
}

/// Whether what is drawn is of the newest result, selection and other side.
bool CompareView::current() const
{
    const Scene now = scene();
    return m_drawn.result == now.result && m_drawn.other == now.other && m_drawn.display == now.display
        && m_drawn.selection.site() == now.selection.site() && m_drawn.selection.heads == now.selection.heads
        && m_drawn.selection.join == now.selection.join
        && m_drawn.options.value(minusKey) == now.options.value(minusKey);
}

/// B changed by itself. Where A changed with it, the frame asks for a new picture anyway.
void CompareView::sideChanged()
{
    if (!isVisible() || !session().result())
        return;
    const bool sameA = m_drawn.result == session().result()
        && m_drawn.selection.site() == session().selection().site()
        && m_drawn.selection.heads == session().selection().heads;
    if (sameA && !current())
        showMap();
    else
        m_controls->showSide();
}

void CompareView::showEvent(QShowEvent* event)
{
    ViewFrame::showEvent(event);
    if (session().result() && !current())
        showResult();
}

void CompareView::showOptions()
{
    if (!current())
        return showMap();
    m_show->setCurrent(option(showKey, QStringLiteral("side")).toString());
    m_panels->setShow(showOf(scene()));
    m_controls->showSide();
}

void CompareView::showMap()
{
    m_drawn = scene();
    m_job.cancel();
    m_pointed.reset();
    m_maps.reset();
    const Comparison& comparison = session().comparison();
    const bool begun = comparison.against() != Against::Nothing;
    m_show->setCurrent(option(showKey, QStringLiteral("side")).toString());
    m_minus->setCurrent(option(minusKey, QStringLiteral("a-b")).toString());
    m_controls->setVisible(begun);
    m_controls->showSide();
    m_heads->showScene(m_drawn);
    m_minus->setVisible(m_drawn.other != nullptr);
    m_panels->setShow(showOf(m_drawn)); // says whether there is a choice
    if (!begun)
        return showStart();
    if (!m_drawn.other)
        return showText(comparison.running() ? tr("B is being computed…")
                : comparison.against() == Against::Text
                ? tr("Type a text for B above.")
                : tr("There is no B: keep a run, or choose another."));
    Scene other = m_drawn;
    other.result = m_drawn.other->result;
    other.selection = m_drawn.other->selection;
    const auto work = [scene = m_drawn](const std::stop_token& stop, int resolution) {
        Compared compared{ std::make_shared<const CompareMaps>(scene), {} };
        compared.picture = comparePicture(scene, *compared.maps, resolution, stop);
        return compared;
    };
    if (ShownMap(m_drawn).prompt() && ShownMap(other).prompt())
        return showCompared(work({}, 1024));
    m_pages->setCurrentWidget(m_panels);
    setPicture(comparePreview(m_drawn));
    m_job.start<Compared>(
        this, [work](const std::stop_token& stop) { return work(stop, 2048); },
        [this](Compared compared) { showCompared(std::move(compared)); });
}

void CompareView::showStart()
{
    const auto layer = layerOf(*m_drawn.result, m_drawn.selection);
    const auto layers = m_drawn.result->trace->layers().size();
    m_otherHead->setEnabled(layer && (layer->heads > 1 || layers > 1));
    m_ownText->setVisible(session().comparison().takesText());
    m_pages->setCurrentWidget(m_start);
    setHeading({ titleOf(m_drawn, headTitle(m_drawn)), headChips(m_drawn) });
    setCaption({});
}

/// The same head on both sides.
void CompareView::showHead(int layer, int head)
{
    Selection selection = session().selection();
    selection.layer = layer;
    selection.heads = { head };
    session().setSelection(selection);
    session().comparison().setFollows(true);
}

void CompareView::showText(const QString& text)
{
    m_message->setText(text);
    m_pages->setCurrentWidget(m_message);
    setHeading({ titleOf(m_drawn, headTitle(m_drawn)), {} });
    setCaption({});
}

void CompareView::showCompared(Compared compared)
{
    if (!compared.maps->reason().isEmpty())
        return showText(compared.maps->reason());
    m_maps = std::move(compared.maps);
    m_pages->setCurrentWidget(m_panels);
    setPicture(compared.picture);
    showMarks();
}

void CompareView::setPicture(const ComparePicture& picture)
{
    setHeading(picture.heading);
    setCaption(picture.caption);
    m_panels->setPicture(picture, m_maps);
}

void CompareView::showMarks()
{
    if (!m_maps)
        return;
    HeatmapMarks marks = compareMarks(session().selection(), *m_maps);
    const Hover& hover = session().hover();
    if (m_pointed) {
        marks.hover = m_pointed;
    } else if (hover.query && hover.key) {
        const auto row = m_maps->rowOfQuery(*hover.query), column = m_maps->columnOfKey(*hover.key);
        if (row && column)
            marks.hover = Cell{ *row, *column };
    }
    m_panels->setMarks(marks);
}

QString CompareView::readOut(const Cell& cell) const
{
    if (!m_maps || cell.row >= m_maps->rows() || cell.column >= m_maps->columns())
        return {};
    const Block one{ cell.row, cell.row + 1, cell.column, cell.column + 1 };
    const auto &query = m_maps->rowUnits().units[std::size_t(cell.row)],
               &key = m_maps->columnUnits().units[std::size_t(cell.column)];
    QString text = cellName(*m_maps, cell.row, cell.column);
    const bool inA = !query.a.empty() && !key.a.empty(), inB = !query.b.empty() && !key.b.empty();
    if (inA)
        text += QStringLiteral("   A %1").arg(weightText(m_maps->block(CompareSide::A, one).at(0)));
    if (inB)
        text += QStringLiteral("   B %1").arg(weightText(m_maps->block(CompareSide::B, one).at(0)));
    if (inA && inB)
        text += QStringLiteral("   %1 %2")
                    .arg(differenceName(m_maps->sign()),
                        differenceText(m_maps->block(CompareSide::Difference, one).at(0)));
    else
        text += u' ' + (inA ? tr("(only in A)") : inB ? tr("(only in B)") : tr("(on no side together)"));
    return text;
}

void CompareView::pointAt(std::optional<Cell> cell)
{
    const bool inside = m_maps && cell && cell->row < m_maps->rows() && cell->column < m_maps->columns();
    m_pointed = inside ? cell : std::nullopt;
    Hover hover;
    if (inside) {
        const auto queries = m_maps->queriesOfA(cell->row), keys = m_maps->keysOfA(cell->column);
        if (!queries.empty() && !keys.empty()) {
            hover.query = queries.front();
            hover.key = keys.front();
        }
    }
    session().setHover(hover);
    showMarks();
}

/// Chooses in A; what only B has cannot be chosen.
void CompareView::choose(std::optional<int> row, std::optional<int> column, Qt::KeyboardModifiers modifiers)
{
    if (!m_maps)
        return;
    Selection selection = session().selection();
    if (row) {
        const auto queries = m_maps->queriesOfA(*row);
        if (queries.empty())
            return;
        selection = withQuery(session(), queries.front(), modifiers);
        if (queries.size() > 1 && selection.queries == std::vector{ queries.front() })
            selection.queries = queries;
    }
    selection.key.reset();
    if (column) {
        const auto keys = m_maps->keysOfA(*column);
        if (!keys.empty())
            selection.key = keys.front();
    }
    session().setSelection(selection);
}

void CompareView::moveBy(int columns, int rows)
{
    if (!m_maps)
        return;
    const Step step = columns < 0 ? Step::Left : columns > 0 ? Step::Right : rows < 0 ? Step::Up : Step::Down;
    session().setSelection(moved(session().selection(), step, *session().result(), session().display()));
    const HeatmapMarks marks = compareMarks(session().selection(), *m_maps);
    if (!marks.rows.empty())
        m_panels->canvas(CompareSide::Difference)->reveal({ marks.rows.front(), marks.column.value_or(0) });
}

void CompareView::keyPressEvent(QKeyEvent* event)
{
    HeatmapCanvas* canvas = m_panels->canvas(CompareSide::Difference);
    const QPointF centre = canvas->cells().plot.center();
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal)
        return canvas->zoom(1.5, centre);
    if (event->key() == Qt::Key_Minus)
        return canvas->zoom(1 / 1.5, centre);
    if (event->key() == Qt::Key_0)
        return canvas->showWhole();
    ViewFrame::keyPressEvent(event);
}

} // namespace

const ViewDescriptor& compareView()
{
    static const CompareFigure figure;
    static const ViewDescriptor view{ QLatin1String(Comparison::view),
        QCoreApplication::translate("CompareView", "Compare"),
        QCoreApplication::translate(
            "CompareView", "Two inputs, models, layers or heads: side by side and as a signed difference."),
        QCoreApplication::translate("CompareView", "This run recorded no attention weights."),
        [](const AnalysisResult&, const LayerAttention&) { return true; },
        [](Session& session, QWidget* parent) -> View* { return new CompareView(session, parent); },
        []() -> const Figure& { return figure; }, ViewDescriptor::Entry::Button };
    return view;
}

} // namespace headlight::ui
