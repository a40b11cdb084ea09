// Implements pin_card.h.

#include "ui/shell/pin_card.h"

#include "ui/style/icon.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/prompt_edit.h"

#include <QBuffer>
#include <QImageReader>
#include <QPainter>
#include <QPainterPath>

namespace headlight::ui {

/// A button that is the picture, as wide as the card.
class PinPicture : public QAbstractButton {
public:
    explicit PinPicture(QWidget* parent)
        : QAbstractButton(parent)
    {
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    std::function<void()> needed; ///< it is seen, and there is no picture yet

    /// Room for a picture that comes when it is needed.
    void setRoom(QSize size)
    {
        m_image = QImage();
        m_asked = false;
        m_room = size;
        updateGeometry();
        update();
    }
    void setPicture(const QImage& image)
    {
        m_image = image;
        update();
    }
    int heightForWidth(int width) const override
    {
        return m_room.isEmpty() ? width / 2 : width * m_room.height() / m_room.width();
    }
    QSize sizeHint() const override { return { 200, heightForWidth(200) }; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (m_image.isNull() && !std::exchange(m_asked, true))
            needed();
        const Theme& theme = currentTheme();
        QPainter painter(this);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        const QRectF area = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        QPainterPath frame;
        frame.addRoundedRect(area, metrics::radius, metrics::radius);
        painter.fillPath(frame, theme.surface);
        painter.setClipPath(frame);
        painter.drawImage(area, m_image);
        painter.setClipping(false);
        const bool active = hasFocus() || underMouse();
        painter.setPen(QPen(active ? theme.accent : theme.border, active ? 2 : 1));
        painter.drawPath(frame);
    }
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    QImage m_image;
    QSize m_room; ///< of the picture, also while it is not there
    bool m_asked = false;
};

PinCard::PinCard(QWidget* parent)
    : QFrame(parent)
    , m_picture(new PinPicture(this))
    , m_title(new QLineEdit(this))
    , m_facts(mutedLabel({}, this))
    , m_note(new PromptEdit(this))
{
    m_picture->needed = [this] { decode(); };
    m_picture->setToolTip(tr("Go back to this finding"));
    m_title->setFrame(false);
    useFont(*m_title, &Theme::strong);
    m_title->setAccessibleName(tr("Title of the finding"));
    m_title->installEventFilter(this);
    m_note->setPlaceholderText(tr("A note…"));
    m_note->setAccessibleName(tr("Note about the finding"));
    m_note->setToolTip(tr("What you want to remember about it; Markdown goes into the report as it is"));
    makeButtons();
    auto* tools = row(2);
    tools->addWidget(m_facts, 1);
    for (QToolButton* button : { m_up, m_down, m_delete })
        tools->addWidget(button, 0, Qt::AlignTop);
    auto* layout = column(this, 4);
    layout->setContentsMargins(0, 0, 0, metrics::gap);
    layout->addWidget(m_picture);
    layout->addWidget(m_title);
    layout->addLayout(tools);
    layout->addWidget(m_note);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(m_picture, &QAbstractButton::clicked, this, &PinCard::goRequested);
    connect(m_title, &QLineEdit::textEdited, this, &PinCard::titleEdited);
    connect(m_note, &PromptEdit::edited, this, &PinCard::noteEdited);
    connect(m_note, &QPlainTextEdit::textChanged, this, &PinCard::fitNote);
    fitNote();
}

void PinCard::makeButtons()
{
    m_up = iconButton(QStringLiteral("chevron-up"), tr("Move this finding up"), this);
    m_down = iconButton(QStringLiteral("chevron-down"), tr("Move this finding down"), this);
    m_delete = iconButton(QStringLiteral("close"), tr("Delete this finding (it can be undone)"), this);
    connect(m_up, &QToolButton::clicked, this, [this] { emit moveRequested(-1); });
    connect(m_down, &QToolButton::clicked, this, [this] { emit moveRequested(1); });
    connect(m_delete, &QToolButton::clicked, this, &PinCard::deleteRequested);
}

void PinCard::showPin(const Pin& pin)
{
    if (m_title->text().simplified() != pin.title) {
        m_title->setText(pin.title);
        m_title->setCursorPosition(0);
    }
    m_title->setToolTip(plainTip(tr("%1. Click to give it another title").arg(pin.title)));
    if (!m_note->waiting()) // else what is typed is newer
        m_note->showText(pin.note);
    fitNote();
    m_picture->setAccessibleName(tr("Go to %1").arg(pin.title));
    QStringList facts;
    if (!pin.numbers.empty())
        facts << tr("%1 %2").arg(
            pin.numbers.front().name, QString::number(pin.numbers.front().value, 'g', 4));
    facts << pin.model.section(QStringLiteral(" ("), 0, 0);
    m_facts->setText(facts.join(QStringLiteral("  ·  ")));
    m_facts->setToolTip(plainTip(pin.input));
    showPicture(pin.picture);
}

void PinCard::setPlace(bool first, bool last)
{
    m_up->setEnabled(!first);
    m_down->setEnabled(!last);
}

void PinCard::showPicture(const QByteArray& png)
{
    if (png.constData() == m_shown.constData() || png == m_shown)
        return;
    m_shown = png;
    m_decoding.cancel();
    QBuffer bytes(&m_shown);
    m_picture->setRoom(QImageReader(&bytes, "PNG").size()); // reads its head alone
}

/// On a worker, and made small there.
void PinCard::decode()
{
    m_decoding.start<QImage>(
        this,
        [png = m_shown](const std::stop_token&) {
            constexpr int widest = 720;
            const QImage image = QImage::fromData(png, "PNG");
            return image.width() > widest ? image.scaledToWidth(widest, Qt::SmoothTransformation) : image;
        },
        [this](const QImage& image) { m_picture->setPicture(image); });
}

bool PinCard::event(QEvent* event)
{
    const bool known = QFrame::event(event);
    if (event->type() == QEvent::LayoutRequest)
        fitHeight();
    return known;
}

void PinCard::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        fitHeight();
}

void PinCard::fitHeight()
{
    m_picture->setFixedHeight(m_picture->heightForWidth(width()));
    setFixedHeight(layout()->totalHeightForWidth(width()));
}

/// As high as what it holds, up to eight lines.
void PinCard::fitNote()
{
    const int lines = std::clamp(m_note->document()->lineCount(), 1, 8);
    m_note->setFixedHeight(m_note->fontMetrics().lineSpacing() * lines + 22);
    m_note->setVerticalScrollBarPolicy(
        m_note->document()->lineCount() > lines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
}

/// Undo is the window's here too.
bool PinCard::eventFilter(QObject* watched, QEvent* event)
{
    const auto* key = dynamic_cast<QKeyEvent*>(event);
    if (watched == m_title && key && event->type() == QEvent::ShortcutOverride
        && (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo))) {
        event->ignore();
        return true;
    }
    if (watched == m_title && key && event->type() == QEvent::KeyPress && key->key() == Qt::Key_Return) {
        m_note->setFocus();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace headlight::ui
