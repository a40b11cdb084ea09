// The Grid on the screen: hover enlarges, a click chooses, a double click or Enter opens the head in the
// Heatmap.

#include "ui/views/choosing.h"
#include "ui/views/grid_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/colour_bar.h"
#include "ui/views/head_facts.h"

#include <QDoubleSpinBox>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace headlight::ui {
namespace {

constexpr const char* anyRole = "all";

/// The enlarged head beside the pointer, with its statistics. Lets every event through.
class HeadCard : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(HeadCard)
public:
    explicit HeadCard(QWidget* parent)
        : QWidget(parent)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        resize(side + 2 * margin, side + 2 * margin + titleHeight + mostFacts * lineHeight);
        hide();
    }
    void showHead(const GridHead& head, const QRectF& beside)
    {
        m_head = head;
        const HeadStatistics& s = head.facts.statistics;
        m_facts = { { tr("role"), head.role },
            { tr("entropy"), tr("%1 nats").arg(double(s.entropy), 0, 'f', 2) },
            { tr("mean distance"), tr("%1 tokens").arg(double(s.distance), 0, 'f', 1) },
            { tr("on the first token"), QString::number(double(s.firstMass), 'f', 2) },
            { tr("strongest"), head.strongest } };
        if (head.facts.importance)
            m_facts.append({ tr("importance"), QString::number(double(*head.facts.importance), 'f', 3) });
        resize(width(), side + 2 * margin + titleHeight + int(m_facts.size()) * lineHeight);
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
    static constexpr int side = 220, margin = 12, titleHeight = 28, lineHeight = 19, mostFacts = 6;
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
    void addOrder();
    void addRoles();
    void addRange(QDoubleSpinBox* box, bool least);
    void showControls();
    void showRoles();
    void showImportance();
    bool wantsImportance() const;
    QString importanceText() const;
    GridOptions options() const { return GridOptions::of(ViewFrame::scene().options); }

    GridCanvas* m_canvas;
    HeadImportance* m_importance;
    ChoiceButton *m_order, *m_role;
    QDoubleSpinBox *m_least, *m_most;
    QStringList m_roles; ///< as the list has them
    AsyncJob m_job;
};

GridView::GridView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("grid"))
    , m_canvas(new GridCanvas(this))
    , m_importance(new HeadImportance(session, this))
    , m_order(new ChoiceButton(tr("Order"), tr("Order of the heads"), tr("Order of the heads"), this))
    , m_role(new ChoiceButton(tr("Role"), tr("Which heads are shown, by their role"),
          tr("Which heads are shown, by their role"), this))
    , m_least(new QDoubleSpinBox(this))
    , m_most(new QDoubleSpinBox(this))
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
    addOrder();
    addRoles();
    addRange(m_least, true);
    addRange(m_most, false);
    connect(m_importance, &HeadImportance::changed, this, &GridView::showImportance);
}

void GridView::addOrder()
{
    const std::pair<GridOrder, QString> orders[]{ { GridOrder::LayerHead, tr("As the model has them") },
        { GridOrder::Entropy, tr("Most focused heads first") },
        { GridOrder::Distance, tr("Heads that look nearby first") },
        { GridOrder::Largest, tr("Most certain heads first") },
        { GridOrder::Role, tr("Heads that do the same side by side") },
        { GridOrder::Importance,
            tr("Heads that the prediction hangs on most first; needs a run backwards (Michel et al. "
               "2019)") } };
    for (const auto& [order, toolTip] : orders)
        m_order->addChoice(id(order), title(order), toolTip);
    connect(m_order, &ChoiceButton::chosen, this,
        [this](const QString& chosen) { setOption(QStringLiteral("order"), chosen); });
    addControl(m_order);
}

void GridView::addRoles()
{
    connect(m_role, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        setOption(QStringLiteral("role"), chosen == QLatin1String(anyRole) ? QVariant() : QVariant(chosen));
    });
    addControl(m_role);
}

void GridView::addRange(QDoubleSpinBox* box, bool least)
{
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setKeyboardTracking(false);
    connect(box, &QDoubleSpinBox::valueChanged, this, [this, box, least](double value) {
        const GridOptions::Range range = GridOptions::rangeOf(options().order);
        setOption(QLatin1String(least ? range.least : range.most),
            value <= box->minimum() ? QVariant() : QVariant(value));
    });
    addControl(box);
}

/// The controls say what the options of the session are.
void GridView::showControls()
{
    const GridOptions chosen = options();
    m_order->setCurrent(id(chosen.order));
    m_order->setChoiceEnabled(id(GridOrder::Importance), m_importance->unavailable());
    showRoles();
    m_role->setCurrent(chosen.role ? id(*chosen.role) : QLatin1String(anyRole));
    const GridOptions::Range range = GridOptions::rangeOf(chosen.order);
    const QString name = chosen.order == GridOrder::Distance || chosen.order == GridOrder::Importance
        ? title(chosen.order)
        : title(GridOrder::Entropy);
    const QVariantMap kept = ViewFrame::scene().options;
    for (QDoubleSpinBox* box : { m_least, m_most }) {
        const bool least = box == m_least;
        const QSignalBlocker quiet(box);
        const QString prefix = least ? QStringLiteral("%1 ≥ ").arg(name) : QStringLiteral("≤ ");
        box->setRange(-range.step, range.top);
        box->setSingleStep(range.step);
        box->setPrefix(prefix);
        box->setSpecialValueText(prefix + tr("any"));
        const QVariant value = kept.value(QLatin1String(least ? range.least : range.most));
        box->setValue(value.isValid() ? value.toDouble() : box->minimum());
        box->setAccessibleName(least ? tr("Least %1").arg(name) : tr("Largest %1").arg(name));
        box->setToolTip(tr("%1 of the heads that are shown").arg(box->accessibleName()));
    }
}

/// The list is made anew only when it differs: one of its actions may be what calls this.
void GridView::showRoles()
{
    const auto counts = roleCounts(*session().result(), session().selection());
    QStringList titles;
    for (const RoleCount& count : counts)
        titles << QStringLiteral("%1  %2").arg(count.title).arg(count.heads);
    if (titles == m_roles)
        return;
    m_roles = titles;
    m_role->clearChoices();
    m_role->addChoice(anyRole, tr("all"), tr("Heads of every role"));
    for (std::size_t i = 0; i < counts.size(); ++i)
        m_role->addChoice(id(counts[i].role), titles[qsizetype(i)], summary(counts[i].role));
}

bool GridView::wantsImportance() const
{
    const GridOptions chosen = options();
    return chosen.order == GridOrder::Importance || chosen.minImportance || chosen.maxImportance;
}

/// It came, failed, or is void because a new result came.
void GridView::showImportance()
{
    if (isVisible() && session().result() && wantsImportance())
        showResult();
}

Scene GridView::scene() const
{
    Scene scene = ViewFrame::scene();
    if (!m_importance->values().empty())
        scene.options.insert(
            QStringLiteral("importance"), importanceOption(m_importance->values(), scene.selection.site()));
    return scene;
}

void GridView::showMap()
{
    showControls();
    if (wantsImportance() && !session().activity().running)
        m_importance->want();
    const Scene scene = this->scene();
    const bool sampled = GridPicture::needsExact(scene);
    const bool small = GridPicture::isSmall(scene);
    const auto precision = sampled && small ? GridPicture::Precision::Exact : GridPicture::Precision::Coarse;
    m_canvas->show(GridPicture(scene, precision), scene);
    setHeading(m_canvas->picture().heading(scene));
    setCaption(QStringList{ importanceText(), captionOf(scene) }.join(u' ').trimmed());
    m_job.cancel();
    if (sampled && !small)
        m_job.start<GridPicture>(
            this,
            [scene](const std::stop_token& stop) {
                return GridPicture(scene, GridPicture::Precision::Exact, stop);
            },
            [this](GridPicture picture) { m_canvas->show(std::move(picture), this->scene()); });
}

/// What there is to say of an order that has to be measured first.
QString GridView::importanceText() const
{
    if (!wantsImportance())
        return {};
    if (const QString why = m_importance->unavailable(); !why.isEmpty())
        return tr("No importance here: %1").arg(why);
    switch (m_importance->state()) {
    case HeadImportance::State::Measuring:
        return tr("Importance of the heads is being measured…");
    case HeadImportance::State::Failed:
        return tr("Importance could not be measured: %1").arg(m_importance->failure());
    case HeadImportance::State::Ready:
        return tr("Importance: |Σ weight × gradient| of what the model predicts, over the layer's norm.");
    case HeadImportance::State::Idle:
        break;
    }
    return {};
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
