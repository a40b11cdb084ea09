// The picture on the screen: a click on a patch chooses whose look is shown, Shift and a drag brush a region,
// the strip chooses a head.

#include "ui/views/choosing.h"
#include "ui/views/image_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/accessible_map.h"

#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

namespace headlight::ui {
namespace {

class ImageCanvas : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(ImageCanvas)
public:
    explicit ImageCanvas(QWidget* parent)
        : QWidget(parent)
    {
        setMouseTracking(true);
        setMinimumSize(120, 100);
        setAccessibleName(tr("The picture, tinted by attention"));
        makeAccessible(this, accessible());
    }
    std::function<void(std::optional<int> token)> pointed;
    std::function<void(std::optional<int> word)> wordPointed;
    std::function<void(int token, Qt::KeyboardModifiers)> tokenClicked;
    std::function<void(int word, Qt::KeyboardModifiers)> wordClicked;
    std::function<void(int box, Qt::KeyboardModifiers)> boxClicked;
    std::function<void(int head, Qt::KeyboardModifiers)> headClicked;
    std::function<void(std::optional<PatchRegion>)> brushed;

    void show(ImagePicture picture)
    {
        m_picture = std::move(picture);
        m_layout = m_picture.layout(rect());
        m_layer = {};
        if (m_under && !m_picture.empty() && !inGrid(*m_under))
            m_under.reset();
        tellAccessible(this);
        update();
    }
    const ImagePicture& picture() const { return m_picture; }
    PatchGeometry geometry() const { return m_picture.geometry(m_layout.picture); }

protected:
    void resizeEvent(QResizeEvent*) override
    {
        m_layout = m_picture.layout(rect());
        m_layer = {};
    }
    void changeEvent(QEvent* event) override
    {
        m_layer = {};
        QWidget::changeEvent(event);
    }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        if (m_layer.isNull())
            drawLayer();
        painter.drawPixmap(0, 0, m_layer);
        if (m_under)
            paintPointer(painter, currentTheme());
    }
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent*) override
    {
        m_under.reset();
        m_word.reset();
        pointed(std::nullopt);
        update();
    }

private:
    AccessibleMap accessible();
    void drawLayer();
    void paintPointer(QPainter& painter, const Theme& theme) const;
    bool clickParts(const QMouseEvent& event);
    std::optional<int> wordAt(const QPointF& point) const
    {
        return m_layout.words.contains(point) ? m_picture.words().tokenAt(point - m_layout.words.topLeft())
                                              : std::nullopt;
    }
    bool inGrid(const PatchGrid::Cell& cell) const
    {
        return cell.row < m_picture.grid().rows() && cell.column < m_picture.grid().columns();
    }

    ImagePicture m_picture;
    ImageLayout m_layout{ {}, {}, 0 };
    std::optional<int> m_word; ///< under the pointer
    QPixmap m_layer; ///< everything but the pointer's mark
    std::optional<PatchGrid::Cell> m_under, m_brushFrom;
};

AccessibleMap ImageCanvas::accessible()
{
    AccessibleMap map;
    map.rows = [this] { return m_picture.empty() ? 0 : m_picture.grid().rows(); };
    map.columns = [this] { return m_picture.empty() ? 0 : m_picture.grid().columns(); };
    map.rowName = map.columnName = [](int number) { return QString::number(number); };
    map.value = [this](AccessibleCell cell) {
        return spokenWeight(m_picture.weight({ cell.row, cell.column }));
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const auto cell = m_picture.empty() ? std::nullopt : m_picture.chosenCell();
        return cell ? std::optional(AccessibleCell{ cell->row, cell->column }) : std::nullopt;
    };
    map.place = [this](AccessibleCell cell) {
        return geometry().cellRect({ cell.row, cell.column }).toAlignedRect();
    };
    map.choose = [this](AccessibleCell cell) {
        tokenClicked(m_picture.grid().token({ cell.row, cell.column }), Qt::NoModifier);
    };
    return map;
}

void ImageCanvas::drawLayer()
{
    const Theme& theme = currentTheme();
    m_layer = QPixmap(size() * devicePixelRatioF());
    m_layer.setDevicePixelRatio(devicePixelRatioF());
    m_layer.fill(theme.window);
    if (m_picture.empty())
        return;
    QPainter painter(&m_layer);
    m_picture.paintMain(painter, geometry(), theme);
    m_picture.paintSide(painter, m_layout.side, theme);
    m_picture.paintWords(painter, m_layout.words, theme);
    m_picture.paintStrip(painter, m_layout.strip, theme);
}

void ImageCanvas::paintPointer(QPainter& painter, const Theme& theme) const
{
    const QRectF cell = geometry().cellRect(*m_under);
    QColor line = Qt::white;
    line.setAlphaF(0.75f);
    painter.setPen(QPen(line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(cell);
    const QString text = tr("patch %1,%2   %3")
                             .arg(m_under->row)
                             .arg(m_under->column)
                             .arg(exactText(m_picture.weight(*m_under)));
    const QFontMetricsF metrics(theme.body);
    QRectF box(0, 0, metrics.horizontalAdvance(text) + 16, metrics.height() + 8);
    box.moveTopLeft(cell.bottomRight() + QPointF(6, 6));
    if (box.right() > width() - 4)
        box.moveRight(cell.left() - 6);
    if (box.bottom() > height() - 4)
        box.moveBottom(cell.top() - 6);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(box, 5, 5);
    painter.setFont(theme.body);
    painter.setPen(theme.text);
    painter.drawText(box, Qt::AlignCenter, text);
}

void ImageCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_picture.empty())
        return event->ignore();
    const auto cell = geometry().cellAt(event->position());
    if (cell && event->modifiers() & Qt::ShiftModifier) {
        m_brushFrom = cell;
        return brushed(PatchRegion::between(*cell, *cell));
    }
    const auto hit = m_picture.crosses() ? BoxMarks::Hit::Inside : BoxMarks::Hit::Frame;
    if (const auto box = m_picture.boxes().at(event->position(), geometry().target, hit, currentTheme()))
        return boxClicked(*box, event->modifiers());
    if (cell)
        return tokenClicked(m_picture.grid().token(*cell), event->modifiers());
    if (!clickParts(*event))
        brushed(std::nullopt);
}

/// What stands around the picture.
bool ImageCanvas::clickParts(const QMouseEvent& event)
{
    if (const auto word = wordAt(event.position())) {
        wordClicked(*word, event.modifiers());
        return true;
    }
    for (std::size_t i = 0; i < m_picture.leadingTokens().size() && !m_layout.side.isEmpty(); ++i) {
        if (!m_picture.chipRect(m_layout.side, int(i), currentTheme()).contains(event.position()))
            continue;
        tokenClicked(m_picture.leadingTokens()[i], event.modifiers());
        return true;
    }
    for (std::size_t head = 0; head < m_layout.strip.size(); ++head) {
        if (!m_layout.strip[head].contains(event.position()))
            continue;
        headClicked(int(head), event.modifiers());
        return true;
    }
    return false;
}

void ImageCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const auto cell = m_picture.empty() ? std::nullopt : geometry().cellAt(event->position());
    const auto word = m_picture.empty() ? std::nullopt : wordAt(event->position());
    if (word != m_word) {
        m_word = word;
        wordPointed(word);
    }
    if (cell == m_under)
        return;
    m_under = cell;
    if (cell && m_brushFrom)
        brushed(PatchRegion::between(*m_brushFrom, *cell));
    pointed(cell ? std::optional(m_picture.grid().token(*cell)) : std::nullopt);
    update();
}

void ImageCanvas::mouseReleaseEvent(QMouseEvent*)
{
    m_brushFrom.reset();
}

class ImageView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(ImageView)
public:
    ImageView(Session& session, QWidget* parent);
    Scene scene() const override;

protected:
    void showMap() override;
    void showMarks() override;
    void moveBy(int columns, int rows) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void addControls();
    void connectCanvas();
    void setBrush(const std::optional<PatchRegion>& brush);
    void choosePatch(int token, Qt::KeyboardModifiers modifiers);
    void drawAnew() { m_canvas->show(ImagePicture(scene(), Effort::Prompt)); }

    ImageCanvas* m_canvas;
    QSlider* m_overlay;
    QToolButton* m_smooth;
    std::optional<PatchRegion> m_brush;
    std::optional<Selection> m_shown;
};

ImageView::ImageView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("image"))
    , m_canvas(new ImageCanvas(this))
    , m_overlay(new QSlider(Qt::Horizontal, this))
    , m_smooth(new QToolButton(this))
{
    setAccessibleName(tr("Picture tinted by attention"));
    auto* all = new QVBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_canvas);
    addControls();
    connectCanvas();
}

void ImageView::addControls()
{
    auto* label = new QLabel(tr("Overlay"), this);
    label->setProperty("look", "muted");
    label->setBuddy(m_overlay);
    m_overlay->setRange(0, 100);
    m_overlay->setFixedWidth(110);
    m_overlay->setAccessibleName(tr("Opacity of the tint over the picture"));
    m_overlay->setToolTip(tr("Opacity of the tint over the picture"));
    m_smooth->setText(tr("Smooth"));
    m_smooth->setCheckable(true);
    m_smooth->setProperty("look", "button");
    m_smooth->setAccessibleName(m_smooth->text());
    m_smooth->setToolTip(tr("Blend between the centres of the patches instead of flat patches"));
    addControl(label);
    addControl(m_overlay);
    addControl(m_smooth);
    connect(m_overlay, &QSlider::valueChanged, this, [this](int percent) {
        DisplaySettings display = session().display();
        display.imageOverlay = percent / 100.0;
        session().setDisplay(display);
    });
    connect(m_smooth, &QToolButton::toggled, this, [this](bool smooth) {
        DisplaySettings display = session().display();
        display.smoothImage = smooth;
        session().setDisplay(display);
    });
}

void ImageView::connectCanvas()
{
    m_canvas->pointed = [this](std::optional<int> token) {
        Hover hover;
        hover.key = token;
        session().setHover(hover);
    };
    m_canvas->wordPointed = [this](std::optional<int> word) {
        Hover hover;
        hover.query = word;
        session().setHover(hover);
    };
    m_canvas->tokenClicked = [this](int token, Qt::KeyboardModifiers modifiers) {
        choosePatch(token, modifiers);
    };
    m_canvas->wordClicked = [this](int word, Qt::KeyboardModifiers modifiers) {
        session().setSelection(withQuery(session(), word, modifiers));
    };
    m_canvas->boxClicked = [this](int box, Qt::KeyboardModifiers modifiers) {
        const auto choose = modifiers & Qt::ControlModifier ? Choose::Toggle : Choose::Only;
        session().setSelection(withBox(session().selection(), box, choose, *session().result()));
    };
    m_canvas->headClicked = [this](int head, Qt::KeyboardModifiers modifiers) {
        session().setSelection(withHead(session().selection(), session().selection().layer, head, modifiers));
    };
    m_canvas->brushed = [this](const std::optional<PatchRegion>& region) { setBrush(region); };
}

void ImageView::choosePatch(int token, Qt::KeyboardModifiers modifiers)
{
    Selection selection = session().selection();
    if (m_canvas->picture().crosses()) {
        selection = withKey(session(), token);
    } else {
        selection = withQuery(session(), token, modifiers);
        selection.key.reset();
    }
    session().setSelection(selection);
}

Scene ImageView::scene() const
{
    Scene scene = ViewFrame::scene();
    if (m_brush)
        scene.options.insert(QStringLiteral("brush"), m_brush->toRect());
    return scene;
}

void ImageView::setBrush(const std::optional<PatchRegion>& brush)
{
    m_brush = brush;
    drawAnew();
}

void ImageView::showMap()
{
    const auto grid = columnAxisOf(ViewFrame::scene()).grid();
    if (m_brush && (!grid || m_brush->lastRow > grid->rows() || m_brush->lastColumn > grid->columns()))
        m_brush.reset();
    const DisplaySettings& display = session().display();
    const QSignalBlocker quietOverlay(m_overlay), quietSmooth(m_smooth);
    m_overlay->setValue(int(std::lround(display.imageOverlay * 100)));
    m_smooth->setChecked(display.smoothImage);
    m_shown.reset();
    showMarks();
}

void ImageView::showMarks()
{
    if (m_shown == session().selection())
        return; // the pointer moved: the canvas marks it by itself
    m_shown = session().selection();
    drawAnew();
    const Scene scene = this->scene();
    setHeading({ headTitle(scene), choiceChips(scene) });
    setCaption(captionOf(scene));
}

void ImageView::moveBy(int columns, int rows)
{
    const ImagePicture& picture = m_canvas->picture();
    if (picture.empty())
        return;
    const PatchGrid& grid = picture.grid();
    const Selection& selection = session().selection();
    const auto chosen = picture.crosses() ? selection.key : selection.query();
    const auto here = chosen ? grid.cellOfToken(*chosen) : std::nullopt;
    PatchGrid::Cell to;
    if (here)
        to = { std::clamp(here->row + rows, 0, grid.rows() - 1),
            std::clamp(here->column + columns, 0, grid.columns() - 1) };
    if (!here || *here != to) // a patch that is chosen again would be let go
        choosePatch(grid.token(to), Qt::NoModifier);
}

void ImageView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_brush)
        setBrush(std::nullopt);
    ViewFrame::keyPressEvent(event);
}

} // namespace

const ViewDescriptor& imageView()
{
    static const ImageFigure figure;
    static const ViewDescriptor view{ QStringLiteral("image"),
        QCoreApplication::translate("ImageView", "Image"),
        QCoreApplication::translate(
            "ImageView", "The picture, its patches tinted by what the chosen patch, word or box looks at."),
        QCoreApplication::translate(
            "ImageView", "This view shows pictures; the input has none. Choose a model that sees."),
        [](const AnalysisResult& result, const LayerAttention& layer) {
            const auto grid = TokenAxis::keys(result, layer).grid();
            return grid && grid->patches() > 0;
        },
        [](Session& session, QWidget* parent) -> View* { return new ImageView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
