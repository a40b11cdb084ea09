// The sound on the screen: a click on a moment or word chooses whose look is shown, a band chooses a head,
// hover reads time and weight.

#include "ui/views/choosing.h"
#include "ui/views/sound_figure.h"
#include "ui/views/view_frame.h"
#include "ui/widgets/accessible_map.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QVBoxLayout>

namespace headlight::ui {
namespace {

class SoundCanvas : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(SoundCanvas)
public:
    explicit SoundCanvas(QWidget* parent)
        : QWidget(parent)
    {
        setMouseTracking(true);
        setMinimumSize(120, 100);
        setAccessibleName(tr("The sound, tinted by attention"));
        makeAccessible(this, accessible());
    }
    std::function<void(const Hover&)> pointed;
    std::function<void(int moment, Qt::KeyboardModifiers)> momentClicked;
    std::function<void(int word, Qt::KeyboardModifiers)> wordClicked;
    std::function<void(int head, Qt::KeyboardModifiers)> headClicked;

    void show(SoundPicture picture)
    {
        m_picture = std::move(picture);
        lay();
        tellAccessible(this);
        update();
    }
    const SoundPicture& picture() const { return m_picture; }

protected:
    void resizeEvent(QResizeEvent*) override { lay(); }
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
        if (m_moment && !m_picture.empty())
            paintPointer(painter, currentTheme());
    }
    void mousePressEvent(QMouseEvent* event) override
    {
        if (event->button() != Qt::LeftButton || m_picture.empty())
            return event->ignore();
        if (const auto word = wordAt(event->position()))
            return wordClicked(*word, event->modifiers());
        if (const auto head = m_layout.headAt(event->position()))
            return headClicked(*head, event->modifiers());
        if (const auto moment = m_layout.momentAt(event->position()))
            momentClicked(*moment, event->modifiers());
    }
    void mouseMoveEvent(QMouseEvent* event) override
    {
        if (!m_picture.empty())
            point(m_layout.momentAt(event->position()), wordAt(event->position()));
    }
    void leaveEvent(QEvent*) override { point(std::nullopt, std::nullopt); }

private:
    AccessibleMap accessible();
    void lay()
    {
        m_layout = m_picture.layout(QRectF(rect()).adjusted(0, 2, 0, -2));
        m_layer = {};
        m_moment.reset();
    }
    void drawLayer()
    {
        m_layer = QPixmap(size() * devicePixelRatioF());
        m_layer.setDevicePixelRatio(devicePixelRatioF());
        m_layer.fill(currentTheme().window);
        if (m_picture.empty())
            return;
        QPainter painter(&m_layer);
        m_picture.paint(painter, m_layout, currentTheme());
    }
    void point(std::optional<int> moment, std::optional<int> word)
    {
        if (moment == m_moment && word == m_word)
            return;
        m_moment = moment;
        m_word = word;
        Hover hover;
        hover.query = word;
        hover.key = moment;
        pointed(hover);
        update();
    }
    std::optional<int> wordAt(const QPointF& point) const
    {
        return m_layout.words.contains(point) ? m_picture.words().tokenAt(point - m_layout.words.topLeft())
                                              : std::nullopt;
    }
    void paintPointer(QPainter& painter, const Theme& theme) const;

    SoundPicture m_picture;
    SoundLayout m_layout;
    QPixmap m_layer; ///< everything but the pointer's mark
    std::optional<int> m_moment, m_word;
};

/// One row of moments.
AccessibleMap SoundCanvas::accessible()
{
    AccessibleMap map;
    map.rows = [this] { return m_picture.empty() ? 0 : 1; };
    map.columns = [this] { return m_picture.moments(); };
    map.value = [this](AccessibleCell cell) { return m_picture.readOut(cell.column); };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const auto moment = m_picture.empty() ? std::nullopt : m_picture.chosenMoment();
        return moment ? std::optional(AccessibleCell{ 0, *moment }) : std::nullopt;
    };
    map.place = [this](AccessibleCell cell) {
        return m_layout.momentRect(cell.column, m_layout.sound).toAlignedRect();
    };
    map.choose = [this](AccessibleCell cell) { momentClicked(cell.column, Qt::NoModifier); };
    return map;
}

void SoundCanvas::paintPointer(QPainter& painter, const Theme& theme) const
{
    const double x = m_layout.momentRect(*m_moment, m_layout.sound).center().x();
    painter.setPen(QPen(theme.highlight, 1));
    painter.drawLine(QPointF(x, m_layout.sound.top()), QPointF(x, m_layout.curve.bottom()));
    const QString text = m_picture.readOut(*m_moment);
    const QFontMetricsF metrics(theme.body);
    QRectF box(x + 8, m_layout.sound.top() + 8, metrics.horizontalAdvance(text) + 16, metrics.height() + 8);
    if (box.right() > width() - 4)
        box.moveRight(x - 8);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(box, 5, 5);
    painter.setFont(theme.body);
    painter.setPen(theme.text);
    painter.drawText(box, Qt::AlignCenter, text);
}

class SoundView : public ViewFrame {
    Q_DECLARE_TR_FUNCTIONS(SoundView)
public:
    SoundView(Session& session, QWidget* parent);

protected:
    void showMap() override;
    void showMarks() override;
    void moveBy(int columns, int rows) override;

private:
    void chooseMoment(int moment, Qt::KeyboardModifiers modifiers);

    SoundCanvas* m_canvas;
    std::optional<Selection> m_shown;
};

SoundView::SoundView(Session& session, QWidget* parent)
    : ViewFrame(session, parent, QStringLiteral("sound"))
    , m_canvas(new SoundCanvas(this))
{
    setAccessibleName(tr("Sound tinted by attention"));
    auto* all = new QVBoxLayout(body());
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_canvas);
    m_canvas->pointed = [this](const Hover& hover) { this->session().setHover(hover); };
    m_canvas->momentClicked = [this](int moment, Qt::KeyboardModifiers modifiers) {
        chooseMoment(moment, modifiers);
    };
    m_canvas->wordClicked = [this](int word, Qt::KeyboardModifiers modifiers) {
        this->session().setSelection(withQuery(this->session(), word, modifiers));
    };
    m_canvas->headClicked = [this](int head, Qt::KeyboardModifiers modifiers) {
        const Selection& selection = this->session().selection();
        this->session().setSelection(withHead(selection, selection.layer, head, modifiers));
    };
}

void SoundView::chooseMoment(int moment, Qt::KeyboardModifiers modifiers)
{
    Selection selection = session().selection();
    if (m_canvas->picture().crosses()) {
        selection = withKey(session(), moment);
    } else {
        selection = withQuery(session(), moment, modifiers);
        selection.key.reset();
    }
    session().setSelection(selection);
}

void SoundView::showMap()
{
    m_shown.reset();
    showMarks();
}

void SoundView::showMarks()
{
    if (m_shown == session().selection())
        return; // the pointer moved: the canvas marks it by itself
    m_shown = session().selection();
    const Scene scene = this->scene();
    m_canvas->show(SoundPicture(scene, Effort::Prompt));
    setHeading({ headTitle(scene), choiceChips(scene) });
    setCaption(captionOf(scene));
}

void SoundView::moveBy(int columns, int rows)
{
    const bool words = m_canvas->picture().crosses() && rows != 0;
    const TokenAxis axis = words ? rowAxisOf(scene()) : columnAxisOf(scene());
    const Selection& selection = session().selection();
    const auto here = words || !m_canvas->picture().crosses() ? selection.query() : selection.key;
    const int to = here ? std::clamp(*here + columns + rows, 0, std::max(0, axis.count() - 1)) : 0;
    if (axis.count() == 0 || here == to)
        return;
    if (words)
        session().setSelection(withQuery(session(), to, Qt::NoModifier));
    else
        chooseMoment(to, Qt::NoModifier);
}

} // namespace

const ViewDescriptor& soundView()
{
    static const SoundFigure figure;
    static const ViewDescriptor view{ QStringLiteral("sound"),
        QCoreApplication::translate("SoundView", "Sound"),
        QCoreApplication::translate(
            "SoundView", "The sound over time, tinted by what the chosen word or moment looks at."),
        QCoreApplication::translate(
            "SoundView", "This view shows sounds; the input is none. Choose a model that hears."),
        [](const AnalysisResult& result, const LayerAttention& layer) {
            return TokenAxis::keys(result, layer).times().has_value();
        },
        [](Session& session, QWidget* parent) -> View* { return new SoundView(session, parent); },
        []() -> const Figure& { return figure; } };
    return view;
}

} // namespace headlight::ui
