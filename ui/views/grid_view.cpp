// The Grid on the screen: hover enlarges, a click chooses, a double click or Enter opens the head in the
// Heatmap.

#include "ui/views/choosing.h"
#include "ui/views/grid_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/colour_bar.h"

#include <QDoubleSpinBox>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace headlight::ui {
namespace {

/// The enlarged head beside the pointer, with its statistics. Lets every event through.
class HeadCard : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(HeadCard)
public:
    explicit HeadCard(QWidget* parent)
        : QWidget(parent)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        resize(side + 2 * margin, side + 2 * margin + titleHeight + 4 * lineHeight);
        hide();
    }
    void showHead(const GridHead& head, const QRectF& beside)
    {
        m_head = head;
        const HeadStatistics& s = head.statistics;
        m_facts = { { tr("entropy"), tr("%1 nats").arg(double(s.entropy), 0, 'f', 2) },
            { tr("mean distance"), tr("%1 tokens").arg(double(s.distance), 0, 'f', 1) },
            { tr("on the first token"), QString::number(double(s.firstMass), 'f', 2) },
            { tr("strongest"), head.strongest } };
        const QRect room = parentWidget()->rect().adjusted(4, 4, -4, -4);
        QRect place(beside.toAlignedRect().topRight() + QPoint(10, -20), size());
        if (place.right() > room.right())
            place.moveRight(int(beside.left()) - 10);
        place.moveTop(
            std::clamp(place.top(), room.top(), std::max(room.top(), room.bottom() - place.height())));
        place.moveLeft(std::max(place.left(), room.left()));
        setGeometry(place);
        show();
        raise();
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const Theme& theme = currentTheme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(theme.border);
        painter.setBrush(theme.panel);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
        painter.setPen(theme.text);
        painter.setFont(theme.strong);
        painter.drawText(QRect(margin, margin / 2, side, titleHeight), Qt::AlignVCenter,
            tr("Layer %1 · Head %2").arg(m_head.layer).arg(m_head.head));
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(QRect(margin, margin / 2 + titleHeight, side, side), m_head.image);
        painter.setFont(theme.small);
        int y = margin / 2 + titleHeight + side + 6;
        for (const auto& [name, value] : m_facts) {
            const QRect line(margin, y, side, lineHeight);
            painter.setPen(theme.mutedText);
            painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
            painter.setPen(theme.text);
            painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                QFontMetrics(theme.small).elidedText(value, Qt::ElideMiddle, side * 2 / 3));
            y += lineHeight;
        }
    }

private:
    static constexpr int side = 220, margin = 12, titleHeight = 28, lineHeight = 19;
    GridHead m_head;
    QList<QPair<QString, QString>> m_facts;
};

/// The thumbnails; the view tells it what to draw and hears what was pointed at.
class GridCanvas : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(GridCanvas)
public:
    explicit GridCanvas(QWidget* parent)
        : QWidget(parent)
        , m_card(new HeadCard(this))
    {
        setMouseTracking(true);
        setMinimumSize(120, 80);
        setAccessibleName(tr("Thumbnails of all heads"));
    }
    std::function<void(const GridHead*)> pointed;
    std::function<void(const GridHead&, Qt::KeyboardModifiers)> clicked;
    std::function<void()> opened;

    void show(GridPicture picture, const Scene& scene)
    {
        m_picture = std::move(picture);
        mark(scene);
    }
    void mark(const Scene& scene)
    {
        m_scene = scene;
        update();
    }
    const GridPicture& picture() const { return m_picture; }
    GridLayout layout() const
    {
        return m_picture.layout(QRectF(rect()).adjusted(0, 0, -(ColourBar::width + 18), 0));
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), currentTheme().window);
        const GridLayout places = layout();
        if (places.rows == 0)
            return;
        m_picture.paint(painter, places, m_scene, currentTheme());
        m_picture.paintBar(painter, places, currentTheme());
    }
    void mouseMoveEvent(QMouseEvent* event) override
    {
        const auto place = layout().placeAt(event->position());
        const GridHead* head = place ? m_picture.at(*place) : nullptr;
        if (head)
            m_card->showHead(*head, layout().rect(*place));
        else
            m_card->hide();
        pointed(head);
    }
    void mousePressEvent(QMouseEvent* event) override
    {
        const auto place = layout().placeAt(event->position());
        const GridHead* head = place ? m_picture.at(*place) : nullptr;
        if (head && event->button() == Qt::LeftButton)
            clicked(*head, event->modifiers());
    }
    void mouseDoubleClickEvent(QMouseEvent* event) override
    {
        mousePressEvent(event);
        const auto place = layout().placeAt(event->position());
        if (place && m_picture.at(*place))
            opened();
    }
    void leaveEvent(QEvent*) override
    {
        m_card->hide();
        pointed(nullptr);
    }

private:
    GridPicture m_picture;
    Scene m_scene;
    HeadCard* m_card;
};

class GridView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(GridView)
public:
    GridView(Session& session, QWidget* parent);
    Scene scene() const override;

protected:
    void showMap() override;
    void showMarks() override { m_canvas->mark(scene()); }
    void moveBy(int columns, int rows) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void addControls();
    QDoubleSpinBox* entropyBox(
        const QString& name, const QString& prefix, std::optional<double> GridOptions::*limit);

    GridCanvas* m_canvas;
    GridOptions m_options;
    AsyncJob m_job;
};

GridView::GridView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("grid"))
    , m_canvas(new GridCanvas(this))
{
    setAccessibleName(tr("Grid of all heads"));
    auto* all = new QVBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_canvas);
    addControls();
    m_canvas->pointed = [this](const GridHead* head) {
        Hover hover;
        if (head) {
            hover.layer = head->layer;
            hover.head = head->head;
        }
        this->session().setHover(hover);
    };
    m_canvas->clicked = [this](const GridHead& head, Qt::KeyboardModifiers modifiers) {
        this->session().setSelection(withHead(this->session().selection(), head.layer, head.head, modifiers));
    };
    m_canvas->opened = [this] { emit openRequested(QStringLiteral("heatmap")); };
}

void GridView::addControls()
{
    auto* order = new ChoiceButton(tr("Order"), tr("Order of the heads"), tr("Order of the heads"), this);
    order->addChoice(id(GridOrder::LayerHead), tr("layer × head"), tr("As the model has them"));
    order->addChoice(id(GridOrder::Entropy), tr("entropy"), tr("Most focused heads first"));
    order->addChoice(id(GridOrder::Distance), tr("distance"), tr("Heads that look nearby first"));
    order->addChoice(id(GridOrder::Largest), tr("largest weight"), tr("Most certain heads first"));
    order->setCurrent(id(m_options.order));
    connect(order, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        m_options.order = GridOptions::of({ { QStringLiteral("order"), chosen } }).order;
        showResult();
    });
    addControl(order);
    addControl(entropyBox(tr("Least entropy"), tr("entropy ≥ "), &GridOptions::minEntropy));
    addControl(entropyBox(tr("Largest entropy"), tr("≤ "), &GridOptions::maxEntropy));
}

QDoubleSpinBox* GridView::entropyBox(
    const QString& name, const QString& prefix, std::optional<double> GridOptions::*limit)
{
    constexpr double any = -0.1, most = 12.0;
    auto* box = new QDoubleSpinBox(this);
    box->setRange(any, most);
    box->setSingleStep(0.1);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setSpecialValueText(prefix + tr("any"));
    box->setValue(any);
    box->setPrefix(prefix);
    box->setAccessibleName(name);
    box->setToolTip(tr("%1 of the heads that are shown, in nats").arg(name));
    connect(box, &QDoubleSpinBox::valueChanged, this, [this, limit](double value) {
        m_options.*limit = value < 0 ? std::nullopt : std::optional(value);
        showResult();
    });
    return box;
}

Scene GridView::scene() const
{
    Scene scene = ViewFrame::scene();
    scene.options = m_options.toMap();
    return scene;
}

void GridView::showMap()
{
    const Scene scene = this->scene();
    const bool sampled = GridPicture::needsExact(scene);
    const bool small = GridPicture::isSmall(scene);
    const auto precision = sampled && small ? GridPicture::Precision::Exact : GridPicture::Precision::Coarse;
    m_canvas->show(GridPicture(scene, precision), scene);
    setHeading(m_canvas->picture().heading(scene));
    setCaption(captionOf(scene));
    m_job.cancel();
    if (sampled && !small)
        m_job.start<GridPicture>(
            this,
            [scene](const std::stop_token& stop) {
                return GridPicture(scene, GridPicture::Precision::Exact, stop);
            },
            [this](GridPicture picture) { m_canvas->show(std::move(picture), this->scene()); });
}

void GridView::moveBy(int columns, int rows)
{
    const GridPicture& picture = m_canvas->picture();
    Selection selection = session().selection();
    const GridLayout layout = m_canvas->layout();
    const auto here = picture.placeOf(selection.layer, selection.head());
    const int to = here ? *here + columns + rows * layout.columns : 0;
    if (here && columns != 0 && to / layout.columns != *here / layout.columns)
        return;
    if (const GridHead* head = picture.at(to))
        session().setSelection(withHead(selection, head->layer, head->head, Qt::NoModifier));
}

void GridView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return emit openRequested(QStringLiteral("heatmap"));
    ViewFrame::keyPressEvent(event);
}

} // namespace

const ViewDescriptor& gridView()
{
    static const GridFigure figure;
    static const ViewDescriptor view{ QStringLiteral("grid"), QCoreApplication::translate("GridView", "Grid"),
        QCoreApplication::translate("GridView", "Every layer and head as a thumbnail on one screen."),
        QCoreApplication::translate("GridView", "This run recorded no attention weights."),
        [](const AnalysisResult&, const LayerAttention&) { return true; },
        [](Session& session, QWidget* parent) -> View* { return new GridView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
