// Implements turn_row.h.

#include "ui/widgets/turn_row.h"

#include "ui/style/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/prompt_edit.h"

#include <QShortcut>
#include <QTextBlock>

#include <cmath>

namespace headlight::ui {
namespace {

constexpr int mostLines = 8;

/// As tall as its words, up to where it scrolls.
class GrowingEdit : public PromptEdit {
public:
    explicit GrowingEdit(QWidget* parent)
        : PromptEdit(parent)
    {
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        connect(document(), &QTextDocument::contentsChanged, this, &GrowingEdit::fit);
        fit();
    }

    QSize sizeHint() const override
    {
        constexpr int margins = 20;
        const int line = fontMetrics().lineSpacing();
        return { 200, std::clamp(int(std::ceil(wordsHeight())), line, mostLines * line) + margins };
    }

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        PromptEdit::resizeEvent(event);
        if (event->size().width() != event->oldSize().width())
            fit(); // lines break elsewhere
    }
    void changeEvent(QEvent* event) override
    {
        PromptEdit::changeEvent(event);
        if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
            fit();
    }

private:
    void fit()
    {
        const bool scrolls = wordsHeight() > mostLines * fontMetrics().lineSpacing() + 1;
        setVerticalScrollBarPolicy(scrolls ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
        updateGeometry();
    }

    /// Of the first lines, as many as count.
    double wordsHeight() const
    {
        double height = 0;
        const double most = (mostLines + 1) * fontMetrics().lineSpacing();
        for (QTextBlock block = document()->begin(); block.isValid() && height <= most; block = block.next())
            height += document()->documentLayout()->blockBoundingRect(block).height();
        return height;
    }
};

/// A picture, small, on the left.
class TurnPicture : public QWidget {
public:
    TurnPicture(const QImage& picture, QWidget* parent)
        : QWidget(parent)
        , m_picture(picture)
    {
        constexpr int tallest = 96;
        setFixedHeight(std::clamp(picture.height(), 32, tallest));
        setToolTip(TurnRow::tr(
            "The picture stands in front of what this turn says. Drop or paste another one to add it."));
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        const QSizeF size = QSizeF(m_picture.size()).scaled(QSizeF(this->size()), Qt::KeepAspectRatio);
        painter.drawImage(QRectF({}, size), m_picture);
        painter.setPen(currentTheme().border);
        painter.drawRect(QRectF({}, size).adjusted(0.5, 0.5, -0.5, -0.5));
    }

private:
    QImage m_picture;
};

struct Role {
    const char *id, *name, *hint;
};

const Role roles[]{
    { "system", QT_TRANSLATE_NOOP("TurnRow", "System"),
        QT_TRANSLATE_NOOP("TurnRow", "How the model is to behave") },
    { "user", QT_TRANSLATE_NOOP("TurnRow", "User"), QT_TRANSLATE_NOOP("TurnRow", "What a person asks") },
    { "assistant", QT_TRANSLATE_NOOP("TurnRow", "Assistant"),
        QT_TRANSLATE_NOOP("TurnRow", "What the model answers") },
};

QString translated(const char* text)
{
    return QCoreApplication::translate("TurnRow", text);
}

} // namespace

TurnRow::TurnRow(QWidget* parent)
    : QWidget(parent)
    , m_role(new ChoiceButton({}, {}, tr("Who speaks this turn"), this))
    , m_text(new GrowingEdit(this))
    , m_picture(
          iconButton(QStringLiteral("picture"), tr("Put a picture in front of what this turn says"), this))
    , m_up(iconButton(QStringLiteral("chevron-up"), tr("Move this turn up (Alt+Up)"), this))
    , m_down(iconButton(QStringLiteral("chevron-down"), tr("Move this turn down (Alt+Down)"), this))
    , m_remove(iconButton(QStringLiteral("close"), tr("Remove this turn"), this))
{
    for (const Role& role : roles)
        m_role->addChoice(QLatin1String(role.id), translated(role.name), translated(role.hint));
    auto* head = row(0);
    head->addWidget(m_role);
    head->addStretch(1);
    for (QToolButton* button : { m_picture, m_up, m_down, m_remove })
        head->addWidget(button);
    m_pictures = new QVBoxLayout;
    m_pictures->setSpacing(4);
    auto* layout = column(this, 2);
    layout->addLayout(head);
    layout->addLayout(m_pictures);
    layout->addWidget(m_text);
    setTabOrder(m_remove, m_text);
    connect(m_role, &ChoiceButton::chosen, this, [this](const QString& role) {
        showRole(role);
        emit edited();
    });
    connect(m_text, &PromptEdit::edited, this, &TurnRow::edited);
    connect(m_text, &PromptEdit::foreignPasted, this, &TurnRow::foreignPasted);
    connect(m_remove, &QToolButton::clicked, this, &TurnRow::removeRequested);
    connect(m_picture, &QToolButton::clicked, this, &TurnRow::pictureRequested);
    m_picture->hide();
    const auto move = [this](QToolButton* button, const QKeySequence& keys, int by) {
        connect(button, &QToolButton::clicked, this, [this, by] { emit moveRequested(by); });
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, button, &QToolButton::click);
    };
    move(m_up, QKeySequence("Alt+Up"), -1);
    move(m_down, QKeySequence("Alt+Down"), 1);
    showTurn({ "user", {} }, 0, 1);
}

void TurnRow::showTurn(const ChatTurn& turn, int index, int count)
{
    showRole(QString::fromStdString(turn.role));
    if (!m_text->waiting())
        m_text->showText(QString::fromStdString(turn.text));
    m_up->setEnabled(index > 0);
    m_down->setEnabled(index + 1 < count);
    m_shown = turn.pictures;
    nameParts(index);
}

void TurnRow::showPictures(const std::vector<QImage>& pictures, bool takesMore)
{
    m_picture->setVisible(takesMore);
    std::vector<qint64> keys;
    for (const QImage& picture : pictures)
        keys.push_back(picture.cacheKey());
    if (keys == m_keys)
        return;
    m_keys = std::move(keys);
    while (QLayoutItem* item = m_pictures->takeAt(0)) {
        item->widget()->hide(); // a button of it may be what was pressed
        item->widget()->deleteLater();
        delete item;
    }
    for (std::size_t i = 0; i < pictures.size(); ++i)
        m_pictures->addWidget(pictureLine(pictures[i], i));
}

QWidget* TurnRow::pictureLine(const QImage& picture, std::size_t place)
{
    auto* line = new QWidget(this);
    auto* thumb = new TurnPicture(picture, line);
    auto* remove = iconButton(QStringLiteral("close"), tr("Take this picture out of the turn"), line);
    remove->setAccessibleName(tr("Take picture %1 out of turn %2").arg(place + 1).arg(m_index + 1));
    thumb->setAccessibleName(tr("Picture %1 of turn %2").arg(place + 1).arg(m_index + 1));
    auto* parts = row(2);
    parts->addWidget(thumb, 1);
    parts->addWidget(remove, 0, Qt::AlignTop);
    line->setLayout(parts);
    connect(remove, &QToolButton::clicked, this, [this, place] {
        m_shown.erase(m_shown.begin() + std::ptrdiff_t(place));
        focusText();
        emit edited();
    });
    return line;
}

/// A role that only some templates know is a choice once it is there.
void TurnRow::showRole(const QString& role)
{
    m_role->setCurrent(role);
    if (m_role->current() != role) {
        m_role->addChoice(role, role);
        m_role->setCurrent(role);
    }
    const auto known =
        std::ranges::find(roles, role, [](const Role& each) { return QLatin1String(each.id); });
    const QString hint = known == std::end(roles) ? tr("What this one says") : translated(known->hint);
    m_text->setPlaceholderText(hint);
    m_text->setToolTip(tr("%1: the maps follow while you type").arg(hint));
}

/// Which of several rows a screen reader is in.
void TurnRow::nameParts(int index)
{
    m_index = index;
    m_picture->setAccessibleName(tr("Put a picture into turn %1").arg(index + 1));
    m_role->setAccessibleName(tr("Who speaks turn %1").arg(index + 1));
    m_text->setAccessibleName(tr("Turn %1").arg(index + 1));
    m_up->setAccessibleName(tr("Move turn %1 up").arg(index + 1));
    m_down->setAccessibleName(tr("Move turn %1 down").arg(index + 1));
    m_remove->setAccessibleName(tr("Remove turn %1").arg(index + 1));
}

ChatTurn TurnRow::turn() const
{
    return { m_role->current().toStdString(), m_text->toPlainText().toStdString(), m_shown };
}

void TurnRow::focusText()
{
    m_text->setFocus();
    m_text->moveCursor(QTextCursor::End);
}

QList<QWidget*> TurnRow::stops() const
{
    QList<QWidget*> all{ m_role, m_picture, m_up, m_down, m_remove };
    for (int i = 0; i < m_pictures->count(); ++i)
        all << m_pictures->itemAt(i)->widget()->findChild<QToolButton*>();
    return all << m_text;
}

} // namespace headlight::ui
