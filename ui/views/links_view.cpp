// Links on the screen: hover shows one token's lines and their numbers, a click chooses, chips choose heads,
// a slider the least weight that gets a line.

#include "ui/session/navigation.h"
#include "ui/views/choosing.h"
#include "ui/views/links_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/accessible_map.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/head_chips.h"
#include "ui/widgets/labels.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <cmath>
#include <numeric>

namespace headlight::ui {
namespace {

/// The lines of what is pointed at or chosen that are drawn at most.
constexpr std::size_t mostOfOne = 1500;
/// Slider steps: 0 is every weight, then three powers of ten.
constexpr int sliderSteps = 120;

float thresholdOf(int step)
{
    return step <= 0 ? 0.0f : float(std::pow(10.0, -3.0 + 3.0 * step / sliderSteps));
}

int stepOf(float threshold)
{
    return threshold <= 0.001f
        ? (threshold > 0 ? 1 : 0)
        : std::clamp(int(std::lround((std::log10(double(threshold)) + 3) / 3 * sliderSteps)), 0, sliderSteps);
}

/// The picture; what is slow stands in a layer.
class LinksCanvas : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(LinksCanvas)
public:
    explicit LinksCanvas(QWidget* parent)
        : QWidget(parent)
    {
        setMouseTracking(true);
        setMinimumSize(160, 80);
        setAccessibleName(tr("Tokens joined by lines"));
    }
    std::function<void(const LinksPointer&)> pointed;
    std::function<void(const LinksPointer&, Qt::KeyboardModifiers)> clicked;
    std::function<void(const LinksContent&)> contentShown;

    /// Everything anew: another map, heads, threshold or display.
    void showScene(const Scene& scene)
    {
        m_scene = scene;
        m_pointer = {};
        m_pointedHead.reset();
        rebuild();
    }
    /// Another choice of tokens in the same map.
    void showChoice(const Scene& scene)
    {
        if (m_painter && m_scene.selection == scene.selection)
            return;
        m_scene.selection.queries = scene.selection.queries;
        m_scene.selection.key = scene.selection.key;
        m_painter = std::make_unique<LinksPainter>(m_scene, room());
        findChosen();
        update();
    }
    void pointAtHead(std::optional<int> head)
    {
        m_pointedHead = head;
        update();
    }
    /// From the selection everyone shares: the pointer may be in another part of the window.
    void setPointer(const LinksPointer& pointer)
    {
        if (pointer == m_pointer)
            return;
        m_pointer = pointer;
        m_pointedLinks = pointer.anything() ? linksOf(m_scene, pointer.row, pointer.column, mostOfOne)
                                            : std::vector<Link>();
        update();
    }
    const LinksContent& content() const { return m_content; }
    const LinksLayout* places() const { return m_painter ? &m_painter->layout() : nullptr; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), currentTheme().window);
        if (!m_painter || m_painter->empty())
            return;
        const bool one = m_pointer.anything() || m_pointedHead;
        painter.setOpacity(one ? 0.18 : 1);
        if (m_layer.isNull())
            paintAllLinks(painter);
        else
            painter.drawImage(QRectF(rect()), m_layer); // of another size while a new one is drawn
        painter.setOpacity(1);
        painter.setRenderHint(QPainter::Antialiasing);
        if (m_pointer.anything()) {
            m_painter->paintLinks(painter, m_pointedLinks);
        } else if (m_pointedHead) {
            std::vector<Link> ofHead;
            std::ranges::copy_if(m_content.links, std::back_inserter(ofHead),
                [this](const Link& link) { return link.head == *m_pointedHead; });
            m_painter->paintLinks(painter, strongest(ofHead, mostOfOne));
        } else {
            m_painter->paintLinks(painter, m_chosen);
        }
        m_painter->paintLabels(painter, m_pointer);
        if (m_pointer.anything())
            m_painter->paintNumbers(painter, m_pointedLinks, m_pointer);
    }
    void resizeEvent(QResizeEvent*) override { refit(); }
    void mouseMoveEvent(QMouseEvent* event) override
    {
        if (m_painter)
            pointed(under(event->position()));
    }
    void leaveEvent(QEvent*) override { pointed({}); }
    void mousePressEvent(QMouseEvent* event) override
    {
        if (!m_painter || event->button() != Qt::LeftButton)
            return event->ignore();
        const LinksPointer place = under(event->position());
        if (place.anything())
            clicked(place, event->modifiers());
    }
    void changeEvent(QEvent* event) override
    {
        if (event->type() == QEvent::PaletteChange && m_painter) {
            m_scene.theme = currentTheme().kind;
            rebuild();
        }
        QWidget::changeEvent(event);
    }

private:
    QRectF room() const { return QRectF(rect()).adjusted(2, 0, -2, -6); }
    LinksPointer under(const QPointF& place) const
    {
        LinksPointer pointer{ m_painter->layout().rowAt(place), {} };
        if (!pointer.row)
            pointer.column = m_painter->layout().columnAt(place);
        return pointer;
    }
    /// While all are being drawn, the strongest are there at once.
    void paintAllLinks(QPainter& painter) const
    {
        painter.setRenderHint(QPainter::Antialiasing, !m_content.preview);
        m_painter->paintLinks(painter, strongest(m_content.links, quickLinks));
    }
    void findChosen()
    {
        m_choiceJob.cancel();
        if (chosenLinkCells(m_scene) <= promptLinkCells) {
            m_chosen = chosenLinks(m_scene, mostOfOne);
            return;
        }
        m_chosen.clear();
        m_choiceJob.start<std::vector<Link>>(
            this, [scene = m_scene](const std::stop_token&) { return chosenLinks(scene, mostOfOne); },
            [this](const std::vector<Link>& links) {
                m_chosen = links;
                update();
            });
    }
    void rebuild()
    {
        m_job.cancel();
        m_choiceJob.cancel();
        m_layer = QImage();
        m_content = {};
        if (!m_scene.result || width() < 2)
            return;
        m_painter = std::make_unique<LinksPainter>(m_scene, room());
        if (m_painter->empty())
            return;
        const int lines = std::max(16, int(m_painter->layout().left.height() / 2));
        const bool prompt = linkCells(m_scene) <= promptLinkCells;
        m_content = prompt ? linksContent(m_scene, lines) : linksPreview(m_scene);
        findChosen();
        if (!prompt || m_content.links.size() > quickLinks)
            drawLayer(prompt ? std::optional(m_content) : std::nullopt, lines);
        contentShown(m_content);
        update();
    }
    /// The same lines at another size. Nothing is read again: a caption that takes a line more must not begin
    /// all anew.
    void refit()
    {
        if (!m_painter || m_content.preview || m_content.links.empty())
            return rebuild();
        m_job.cancel();
        m_painter = std::make_unique<LinksPainter>(m_scene, room());
        if (m_painter->empty())
            return;
        if (m_content.links.size() > quickLinks)
            drawLayer(m_content, 0);
        else
            m_layer = QImage();
        update();
    }
    struct Drawn {
        LinksContent content;
        QImage layer;
    };
    /// On a worker: reads the maps unless they are read, and draws their lines.
    void drawLayer(std::optional<LinksContent> known, int lines)
    {
        const double ratio = devicePixelRatioF();
        m_job.start<Drawn>(
            this,
            [scene = m_scene, room = room(), size = size(), ratio, known, lines](
                const std::stop_token& stop) {
                Drawn drawn{ known ? *known : linksContent(scene, lines, stop),
                    QImage(size * ratio, QImage::Format_ARGB32_Premultiplied) };
                drawn.layer.setDevicePixelRatio(ratio);
                drawn.layer.fill(Qt::transparent);
                QPainter painter(&drawn.layer);
                painter.setRenderHint(QPainter::Antialiasing);
                if (!stop.stop_requested())
                    LinksPainter(scene, room).paintLinks(painter, drawn.content.links);
                painter.end();
                return drawn;
            },
            [this](Drawn drawn) {
                m_content = std::move(drawn.content);
                m_layer = std::move(drawn.layer);
                contentShown(m_content);
                update();
            });
    }

    Scene m_scene;
    std::unique_ptr<LinksPainter> m_painter;
    LinksContent m_content;
    std::vector<Link> m_chosen, m_pointedLinks;
    LinksPointer m_pointer;
    std::optional<int> m_pointedHead;
    QImage m_layer; ///< all lines as last drawn; null when they are drawn each time
    AsyncJob m_job, m_choiceJob;
};

class LinksView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(LinksView)
public:
    LinksView(Session& session, QWidget* parent);

protected:
    void showMap() override;
    void showMarks() override;
    void moveBy(int columns, int rows) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void addThreshold(QHBoxLayout* controls);
    void connectChips();
    AccessibleMap accessible();
    void pointAt(const LinksPointer& pointer);
    void choose(const LinksPointer& pointer, Qt::KeyboardModifiers modifiers);
    void setThreshold(float threshold);

    LinksCanvas* m_canvas;
    HeadChips* m_chips;
    QSlider* m_slider;
    QLabel* m_least;
    ShownMap m_map;
};

LinksView::LinksView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("links"))
    , m_canvas(new LinksCanvas(this))
    , m_chips(new HeadChips(this))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_least(mutedLabel({}, this))
{
    setAccessibleName(tr("Links between tokens"));
    auto* controls = row(metrics::gap);
    controls->addWidget(m_chips, 1, Qt::AlignTop);
    addThreshold(controls);
    auto* all = new QVBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(metrics::gap);
    all->addLayout(controls);
    all->addWidget(m_canvas, 1);
    connectChips();
    makeAccessible(m_canvas, accessible());
    m_canvas->pointed = [this](const LinksPointer& pointer) { pointAt(pointer); };
    m_canvas->clicked = [this](const LinksPointer& pointer, Qt::KeyboardModifiers modifiers) {
        choose(pointer, modifiers);
    };
    m_canvas->contentShown = [this](
                                 const LinksContent& content) { setCaption(linksCaption(scene(), content)); };
}

void LinksView::addThreshold(QHBoxLayout* controls)
{
    m_slider->setRange(0, sliderSteps);
    m_slider->setFixedWidth(130);
    m_slider->setAccessibleName(tr("Threshold"));
    m_slider->setToolTip(tr("The least weight that gets a line (+ and −)"));
    m_least->setWordWrap(false);
    m_least->setMinimumWidth(86);
    controls->addWidget(m_least, 0, Qt::AlignTop);
    controls->addWidget(m_slider, 0, Qt::AlignTop);
    connect(m_slider, &QSlider::valueChanged, this, [this](int step) { setThreshold(thresholdOf(step)); });
}

void LinksView::connectChips()
{
    connect(m_chips, &HeadChips::clicked, this, [this](int head, Qt::KeyboardModifiers modifiers) {
        session().setSelection(withHead(session().selection(), session().selection().layer, head, modifiers));
    });
    connect(m_chips, &HeadChips::allClicked, this, [this] {
        Selection selection = session().selection();
        selection.heads.resize(std::size_t(m_chips->count()));
        std::iota(selection.heads.begin(), selection.heads.end(), 0);
        session().setSelection(selection);
    });
    connect(m_chips, &HeadChips::pointed, this, [this](std::optional<int> head) {
        const auto& heads = session().selection().heads;
        m_canvas->pointAtHead(head && std::ranges::find(heads, *head) != heads.end() ? head : std::nullopt);
    });
}

void LinksView::setThreshold(float threshold)
{
    setOption(QStringLiteral("threshold"), double(threshold));
}

void LinksView::showMap()
{
    const Scene scene = this->scene();
    m_map = ShownMap(scene);
    const auto layer = layerOf(*scene.result, scene.selection);
    m_chips->setHeads(layer ? layer->heads : 0, scene.selection.heads);
    const float threshold = LinksOptions::of(scene).threshold;
    {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(stepOf(threshold));
    }
    m_least->setText(
        threshold > 0 ? tr("weight ≥ %1").arg(double(threshold), 0, 'f', 3) : tr("every weight"));
    setHeading({ headTitle(scene), headChips(scene) });
    m_canvas->showScene(scene);
    showMarks();
}

void LinksView::showMarks()
{
    m_canvas->showChoice(scene());
    const Hover& hover = session().hover();
    LinksPointer pointer;
    if (hover.query && !hover.key)
        pointer.row = m_map.rowOf(*hover.query);
    else if (hover.key && !hover.query)
        pointer.column = m_map.columnOf(*hover.key);
    m_canvas->setPointer(pointer);
    tellAccessible(m_canvas);
}

/// A table of what the lines stand for: who looks, at what, how much.
AccessibleMap LinksView::accessible()
{
    AccessibleMap map;
    map.rows = [this] { return showsMap() ? int(m_map.rows()) : 0; };
    map.columns = [this] { return showsMap() ? int(m_map.columns()) : 0; };
    map.rowName = [this](int row) { return tokenLabel(m_map.rowAxis(), m_map.rowTokens(), row); };
    map.columnName = [this](
                         int column) { return tokenLabel(m_map.columnAxis(), m_map.columnTokens(), column); };
    map.value = [this](AccessibleCell cell) { return spokenWeight(m_map.at(cell.row, cell.column)); };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const Selection& selection = session().selection();
        const auto rows = m_map.rowTokens().placesOf(selection.queries);
        const auto column = selection.key ? m_map.columnOf(*selection.key) : std::nullopt;
        if (rows.empty() || !column)
            return std::nullopt;
        return AccessibleCell{ rows.front(), *column };
    };
    map.choose = [this](AccessibleCell cell) {
        LinksPointer pointer;
        pointer.row = cell.row;
        choose(pointer, Qt::NoModifier);
    };
    return map;
}

void LinksView::pointAt(const LinksPointer& pointer)
{
    Hover hover;
    if (pointer.row && *pointer.row < m_map.rows())
        hover.query = m_map.queryOf(*pointer.row);
    if (pointer.column && *pointer.column < m_map.columns())
        hover.key = m_map.keyOf(*pointer.column);
    session().setHover(hover);
}

void LinksView::choose(const LinksPointer& pointer, Qt::KeyboardModifiers modifiers)
{
    Selection selection = session().selection();
    if (pointer.row && *pointer.row < m_map.rows())
        selection = withQuery(session(), m_map.queryOf(*pointer.row), modifiers);
    else if (pointer.column && *pointer.column < m_map.columns())
        selection.key = m_map.keyOf(*pointer.column);
    session().setSelection(selection);
}

void LinksView::moveBy(int columns, int rows)
{
    const Step step = columns < 0 ? Step::Left : columns > 0 ? Step::Right : rows < 0 ? Step::Up : Step::Down;
    if (!m_map.empty())
        session().setSelection(moved(session().selection(), step, *session().result(), session().display()));
}

void LinksView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal)
        return m_slider->setValue(m_slider->value() + 5);
    if (event->key() == Qt::Key_Minus)
        return m_slider->setValue(m_slider->value() - 5);
    ViewFrame::keyPressEvent(event);
}

} // namespace

const ViewDescriptor& linksView()
{
    static const LinksFigure figure;
    static const ViewDescriptor view{ QStringLiteral("links"),
        QCoreApplication::translate("LinksView", "Links"),
        QCoreApplication::translate(
            "LinksView", "Tokens joined by lines: several heads at once, each in its colour."),
        QCoreApplication::translate("LinksView", "This run recorded no attention weights."),
        [](const AnalysisResult&, const LayerAttention&) { return true; },
        [](Session& session, QWidget* parent) -> View* { return new LinksView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
