// The picture on the screen: a click on a patch chooses whose look is shown, Shift and a drag brush a region,
// the strip chooses a head.

#include "ui/views/choosing.h"
#include "ui/views/image_figure.h"
#include "ui/views/view_frame.h"

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
    }
    std::function<void(std::optional<int> token)> pointed;
    std::function<void(int token, Qt::KeyboardModifiers)> tokenClicked;
    std::function<void(int head, Qt::KeyboardModifiers)> headClicked;
    std::function<void(std::optional<PatchRegion>)> brushed;

    void show(ImagePicture picture, const std::optional<PatchGrid>& grid)
    {
        m_picture = std::move(picture);
        m_grid = grid.value_or(PatchGrid{});
        m_layer = {};
        update();
    }
    const ImagePicture& picture() const { return m_picture; }
    ImageLayout layout() const { return ImageLayout(rect(), m_picture.size(), m_picture.heads()); }
    PatchGeometry geometry() const { return m_picture.geometry(layout().picture); }

protected:
    void resizeEvent(QResizeEvent*) override { m_layer = {}; }
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
        pointed(std::nullopt);
        update();
    }

private:
    void drawLayer();
    void paintPointer(QPainter& painter, const Theme& theme) const;

    ImagePicture m_picture;
    PatchGrid m_grid;
    QPixmap m_layer; ///< everything but the pointer's mark
    std::optional<PatchGrid::Cell> m_under, m_brushFrom;
};

void ImageCanvas::drawLayer()
{
    const Theme& theme = currentTheme();
    m_layer = QPixmap(size() * devicePixelRatioF());
    m_layer.setDevicePixelRatio(devicePixelRatioF());
    m_layer.fill(theme.window);
    if (m_picture.empty())
        return;
    QPainter painter(&m_layer);
    const ImageLayout places = layout();
    m_picture.paintMain(painter, geometry(), theme);
    m_picture.paintSide(painter, places.side, theme);
    m_picture.paintStrip(painter, places.strip, theme);
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
    if (cell)
        return tokenClicked(m_grid.token(*cell), event->modifiers());
    const ImageLayout places = layout();
    for (std::size_t i = 0; i < m_picture.leadingTokens().size() && !places.side.isEmpty(); ++i) {
        if (m_picture.chipRect(places.side, int(i), currentTheme()).contains(event->position()))
            return tokenClicked(m_picture.leadingTokens()[i], event->modifiers());
    }
    for (std::size_t head = 0; head < places.strip.size(); ++head) {
        if (places.strip[head].contains(event->position()))
            return headClicked(int(head), event->modifiers());
    }
    brushed(std::nullopt);
}

void ImageCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const auto cell = m_picture.empty() ? std::nullopt : geometry().cellAt(event->position());
    if (cell == m_under)
        return;
    m_under = cell;
    if (cell && m_brushFrom)
        brushed(PatchRegion::between(*m_brushFrom, *cell));
    pointed(cell ? std::optional(m_grid.token(*cell)) : std::nullopt);
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

    ImageCanvas* m_canvas;
    QSlider* m_overlay;
    QToolButton* m_smooth;
    std::optional<PatchRegion> m_brush;
    std::vector<int> m_shownQueries;
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
    m_canvas->tokenClicked = [this](int token, Qt::KeyboardModifiers modifiers) {
        Selection selection = withQuery(session().selection(), token, modifiers);
        selection.key.reset();
        session().setSelection(selection);
    };
    m_canvas->headClicked = [this](int head, Qt::KeyboardModifiers modifiers) {
        session().setSelection(withHead(session().selection(), session().selection().layer, head, modifiers));
    };
    m_canvas->brushed = [this](const std::optional<PatchRegion>& region) { setBrush(region); };
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
    m_canvas->show(ImagePicture(scene()), session().result()->patches);
}

void ImageView::showMap()
{
    const PatchGrid& grid = *session().result()->patches;
    if (m_brush && (m_brush->lastRow > grid.rows() || m_brush->lastColumn > grid.columns()))
        m_brush.reset();
    const DisplaySettings& display = session().display();
    const QSignalBlocker quietOverlay(m_overlay), quietSmooth(m_smooth);
    m_overlay->setValue(int(std::lround(display.imageOverlay * 100)));
    m_smooth->setChecked(display.smoothImage);
    m_shownQueries = { -1 };
    showMarks();
}

void ImageView::showMarks()
{
    if (m_shownQueries == session().selection().queries)
        return; // the pointer moved: the canvas marks it by itself
    m_shownQueries = session().selection().queries;
    const Scene scene = this->scene();
    m_canvas->show(ImagePicture(scene), scene.result->patches);
    setHeading({ headTitle(scene), { queryTitle(scene) } });
    setCaption(captionOf(scene));
}

void ImageView::moveBy(int columns, int rows)
{
    if (!session().result() || !session().result()->patches)
        return;
    const PatchGrid& grid = *session().result()->patches;
    const auto query = session().selection().query();
    const auto here = query ? grid.cellOfToken(*query) : std::nullopt;
    PatchGrid::Cell to;
    if (here)
        to = { std::clamp(here->row + rows, 0, grid.rows() - 1),
            std::clamp(here->column + columns, 0, grid.columns() - 1) };
    m_canvas->tokenClicked(grid.token(to), Qt::NoModifier);
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
            "ImageView", "The picture, its patches tinted by what the chosen patch or [CLS] looks at."),
        QCoreApplication::translate("ImageView",
            "This view shows pictures; the input is a text. Choose a model that reads pictures."),
        [](const AnalysisResult& result) {
            return result.trace && !result.trace->layers().empty() && result.patches
                && result.patches->patches() > 0;
        },
        [](Session& session, QWidget* parent) -> View* { return new ImageView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
