// The Text on the screen: a click chooses whose look is shown, Ctrl adds, hover reads the number.

#include "ui/views/choosing.h"
#include "ui/views/text_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/accessible_map.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/choice_button.h"

#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollArea>

namespace headlight::ui {
namespace {

constexpr int padding = 20;
constexpr const char *looksAt = "looks-at", *lookedAtBy = "looked-at-by";

/// The text itself, as high as it needs to be.
class TextSheet : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(TextSheet)
public:
    explicit TextSheet(QWidget* parent)
        : QWidget(parent)
    {
        setMouseTracking(true);
        setAccessibleName(tr("The text, tinted by attention"));
        makeAccessible(this, accessible());
    }
    std::function<void(std::optional<TextToken> token)> pointed;
    std::function<void(const TextToken& token, Qt::KeyboardModifiers)> clicked;
    std::function<void()> tinted; ///< later than it was asked for

    void showMap(const Scene& scene)
    {
        if (scene.result != m_scene.result)
            m_tints = {}; // of another text
        m_scene = scene;
        lay();
    }
    void showMarks(const Scene& scene)
    {
        m_scene = scene;
        m_job.cancel();
        if (distributionCells(scene, ShownMap(scene)) <= ShownMap::promptCells)
            return showTints(TextTints::of(scene, Effort::Prompt));
        showTints(m_tints);
        m_job.start<TextTints>(
            this, [scene](const std::stop_token&) { return TextTints::of(scene, Effort::Prompt); },
            [this](const TextTints& tints) {
                showTints(tints);
                tinted();
            });
    }
    const TextPicture& picture() const { return m_picture; }
    QRect placeRect(int place) const
    {
        return m_picture.flow().rect(place).translated(padding, padding).toAlignedRect();
    }

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        if (event->size().width() != event->oldSize().width())
            lay();
    }
    void paintEvent(QPaintEvent* event) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        m_picture.paint(painter, QPointF(padding, padding), currentTheme(),
            QRectF(event->rect()).translated(-padding, -padding));
        if (m_under && !m_job.running()) // what is tinted so far is of what was chosen before
            paintNumber(painter, currentTheme());
    }
    void mouseMoveEvent(QMouseEvent* event) override
    {
        point(m_picture.flow().tokenAt(event->position() - QPointF(padding, padding)));
    }
    void leaveEvent(QEvent*) override { point(std::nullopt); }
    void mousePressEvent(QMouseEvent* event) override
    {
        const auto place = m_picture.flow().tokenAt(event->position() - QPointF(padding, padding));
        if (place && event->button() == Qt::LeftButton)
            clicked(m_picture.tokenAt(*place), event->modifiers());
    }

private:
    AccessibleMap accessible();
    void showTints(const TextTints& tints)
    {
        m_tints = tints;
        m_picture.setScene(m_scene, tints);
        m_picture.setPointed(m_under);
        tellAccessible(this);
        update();
    }
    void lay()
    {
        m_under.reset();
        m_picture = TextPicture(m_scene, std::max(40, width() - 2 * padding), m_tints);
        setMinimumHeight(int(std::ceil(m_picture.flow().size().height())) + 2 * padding + 24);
        update();
    }
    void point(std::optional<int> place)
    {
        if (place == m_under)
            return;
        m_under = place;
        m_picture.setPointed(place);
        pointed(place ? std::optional(m_picture.tokenAt(*place)) : std::nullopt);
        update();
    }
    void paintNumber(QPainter& painter, const Theme& theme) const
    {
        const QString text = exactText(m_picture.weight(*m_under));
        const QFontMetricsF metrics(theme.small);
        const QRectF token(placeRect(*m_under));
        QRectF box(0, 0, metrics.horizontalAdvance(text) + 14, metrics.height() + 6);
        box.moveCenter({ token.center().x(), token.bottom() + box.height() / 2 + 4 });
        box.moveLeft(std::clamp(box.left(), 2.0, std::max(2.0, width() - box.width() - 2)));
        painter.setPen(theme.border);
        painter.setBrush(theme.surface);
        painter.drawRoundedRect(box, 5, 5);
        painter.setFont(theme.small);
        painter.setPen(theme.text);
        painter.drawText(box, Qt::AlignCenter, text);
    }

    Scene m_scene;
    TextPicture m_picture;
    TextTints m_tints;
    std::optional<int> m_under; ///< place under the pointer
    AsyncJob m_job; ///< reads what thousands of chosen tokens look at
};

/// One row of words, each with its weight.
AccessibleMap TextSheet::accessible()
{
    AccessibleMap map;
    map.rows = [] { return 1; };
    map.columns = [this] { return m_picture.flow().count(); };
    map.columnName = [this](int place) { return m_picture.flow().text(place); };
    map.value = [this](AccessibleCell cell) {
        return m_job.running() ? QString() : spokenWeight(m_picture.weight(cell.column));
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const auto query = m_scene.selection.query();
        const auto place = query ? m_picture.placeOf({ *query }) : std::nullopt;
        return place ? std::optional(AccessibleCell{ 0, *place }) : std::nullopt;
    };
    map.place = [this](AccessibleCell cell) { return placeRect(cell.column); };
    map.choose = [this](AccessibleCell cell) { clicked(m_picture.tokenAt(cell.column), Qt::NoModifier); };
    return map;
}

/// The legend beside the text.
class TextLegend : public QWidget {
public:
    TextLegend(TextSheet* sheet, QWidget* parent)
        : QWidget(parent)
        , m_sheet(sheet)
    {
        fitType();
        setAccessibleName(QCoreApplication::translate("TextView", "Colour bar: what a tint stands for"));
    }

protected:
    void changeEvent(QEvent* event) override
    {
        QWidget::changeEvent(event);
        if (event->type() == QEvent::StyleChange)
            fitType();
    }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        if (!m_sheet->picture().empty())
            m_sheet->picture().paintBar(
                painter, QRectF(4, 6, width() - 4, std::min(220, height() - 12)), currentTheme());
    }

private:
    void fitType() { setFixedWidth(int(std::ceil(ColourBar::width(currentTheme())))); }

    TextSheet* m_sheet;
};

class TextView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(TextView)
public:
    TextView(Session& session, QWidget* parent);

protected:
    void showMap() override;
    void showMarks() override;
    void moveBy(int columns, int rows) override;

private:
    void addDirection();
    void pointAt(const std::optional<TextToken>& token);
    void choose(const TextToken& token, Qt::KeyboardModifiers modifiers);

    QScrollArea* m_scroll;
    TextSheet* m_sheet;
    TextLegend* m_legend;
    ChoiceButton* m_direction;
};

TextView::TextView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("text"))
    , m_scroll(new QScrollArea(this))
    , m_sheet(new TextSheet(this))
    , m_legend(new TextLegend(m_sheet, this))
    , m_direction(new ChoiceButton({}, tr("Direction of attention"), tr("Direction of attention"), this))
{
    setAccessibleName(tr("Text tinted by attention"));
    m_scroll->setWidget(m_sheet);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setProperty("look", "card");
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_sheet->setAutoFillBackground(false);
    auto* all = new QHBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_scroll, 1);
    all->addWidget(m_legend);
    addDirection();
    m_sheet->tinted = [this] { m_legend->update(); };
    m_sheet->pointed = [this](std::optional<TextToken> token) { pointAt(token); };
    m_sheet->clicked = [this](const TextToken& token, Qt::KeyboardModifiers modifiers) {
        choose(token, modifiers);
    };
}

void TextView::pointAt(const std::optional<TextToken>& token)
{
    Hover hover;
    const bool looker = token && m_sheet->picture().crosses() && token->side == TextToken::Side::Query;
    if (looker)
        hover.query = token->token;
    else if (token)
        hover.key = token->token;
    session().setHover(hover);
}

void TextView::choose(const TextToken& token, Qt::KeyboardModifiers modifiers)
{
    Selection selection = session().selection();
    if (token.side == TextToken::Side::Key) {
        selection = withKey(session(), token.token);
    } else {
        selection = withQuery(session(), token.token, modifiers);
        if (!m_sheet->picture().crosses())
            selection.key.reset();
    }
    session().setSelection(selection);
}

void TextView::addDirection()
{
    m_direction->addChoice(looksAt, tr("What the chosen tokens look at"));
    m_direction->addChoice(lookedAtBy, tr("Who looks at the chosen tokens"));
    connect(m_direction, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        DisplaySettings display = session().display();
        display.direction =
            chosen == QLatin1String(looksAt) ? TokenDirection::LooksAt : TokenDirection::LookedAtBy;
        session().setDisplay(display);
    });
    addControl(m_direction);
}

void TextView::showMap()
{
    m_sheet->showMap(scene());
    m_direction->setVisible(!m_sheet->picture().crosses()); // both directions are shown there
    m_scroll->verticalScrollBar()->setSingleStep(30);
    showMarks();
}

void TextView::showMarks()
{
    const Scene scene = this->scene();
    m_direction->setCurrent(scene.display.direction == TokenDirection::LooksAt ? looksAt : lookedAtBy);
    m_sheet->showMarks(scene);
    m_legend->update();
    setHeading(m_sheet->picture().heading(scene));
    setCaption(captionOf(scene));
}

void TextView::moveBy(int columns, int rows)
{
    const TextPicture& picture = m_sheet->picture();
    if (picture.empty())
        return;
    const auto query = session().selection().query();
    const auto here = query ? picture.placeOf({ *query }) : std::nullopt;
    int to = here ? std::clamp(*here + columns, 0, picture.flow().count() - 1) : 0;
    if (here && rows != 0)
        to = picture.flow().tokenBeyond(*here, rows);
    const QRect target = m_sheet->placeRect(to);
    m_scroll->ensureVisible(target.center().x(), target.center().y(), 40, 40);
    choose(TextToken(picture.tokenAt(to)), Qt::NoModifier);
}

} // namespace

const ViewDescriptor& textView()
{
    static const TextFigure figure;
    static const ViewDescriptor view{ QStringLiteral("text"), QCoreApplication::translate("TextView", "Text"),
        QCoreApplication::translate(
            "TextView", "The input itself, each token tinted by how much the chosen tokens look at it."),
        QCoreApplication::translate("TextView",
            "This view shows text; there is none here. The Image or Sound view shows what there is."),
        [](const AnalysisResult& result, const LayerAttention& layer) {
            const TokenAxis rows = TokenAxis::queries(result, layer),
                            columns = TokenAxis::keys(result, layer);
            return (rows.words() && rows.count() > 0) || (columns.words() && columns.count() > 0);
        },
        [](Session& session, QWidget* parent) -> View* { return new TextView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
