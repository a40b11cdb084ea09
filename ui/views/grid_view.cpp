// The Grid on the screen: hover enlarges, a click chooses, a double click or Enter opens the head in the
// Heatmap.

#include "ui/views/choosing.h"
#include "ui/views/grid_card.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/accessible_map.h"
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
        makeAccessible(this, accessible());
    }
    /// What a screen reader hears: a cell per thumbnail.
    AccessibleMap accessible();
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
        tellAccessible(this);
        update();
    }
    const GridPicture& picture() const { return m_picture; }
    GridLayout layout() const
    {
        return m_picture.layout(QRectF(rect()).adjusted(0, 0, -(ColourBar::width(currentTheme()) + 18), 0));
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

AccessibleMap GridCanvas::accessible()
{
    const auto headAt = [this](AccessibleCell cell) {
        return m_picture.at(cell.row * layout().columns + cell.column);
    };
    AccessibleMap map;
    map.rows = [this] { return layout().rows; };
    map.columns = [this] { return layout().columns; };
    map.value = [headAt](AccessibleCell cell) {
        const GridHead* head = headAt(cell);
        return head ? tr("layer %1, head %2, %3, entropy %4")
                          .arg(head->layer)
                          .arg(head->head)
                          .arg(head->role)
                          .arg(double(head->facts.statistics.entropy), 0, 'f', 2)
                    : QString();
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const auto place = m_picture.placeOf(m_scene.selection.layer, m_scene.selection.head());
        const int columns = layout().columns;
        return place && columns > 0 ? std::optional(AccessibleCell{ *place / columns, *place % columns })
                                    : std::nullopt;
    };
    map.place = [this](AccessibleCell cell) {
        return layout().rect(cell.row * layout().columns + cell.column).toAlignedRect();
    };
    map.choose = [this, headAt](AccessibleCell cell) {
        if (const GridHead* head = headAt(cell))
            clicked(*head, Qt::NoModifier);
    };
    return map;
}

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
