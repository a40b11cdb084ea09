// Implements first_hints.h.

#include "ui/shell/first_hints.h"

#include "ui/session/preferences.h"
#include "ui/style/icon.h"
#include "ui/widgets/labels.h"

#include <QLabel>
#include <QToolButton>

namespace headlight::ui {

FirstHints::FirstHints(const QList<Hint>& hints, QWidget* parent)
    : QFrame(parent)
    , m_hints(hints)
    , m_seen(loadSeenHints())
    , m_text(new QLabel(this))
    , m_count(mutedLabel({}, this))
{
    setProperty("look", "hintBar");
    setAccessibleName(tr("Hint"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_count->setWordWrap(false);
    auto* sign = new QLabel(this);
    sign->setPixmap(
        icon(QStringLiteral("info"), IconColour::Accent).pixmap(QSize(16, 16), devicePixelRatioF()));
    auto* close = iconButton(QStringLiteral("close"), tr("Got it; not again"), this);
    connect(close, &QToolButton::clicked, this, [this] { done(QString(m_shown)); });
    auto* line = row(8);
    line->setContentsMargins(10, 4, 6, 4);
    line->addWidget(sign);
    line->addWidget(m_text, 1);
    line->addWidget(m_count);
    line->addWidget(close);
    setLayout(line);
    hide();
}

void FirstHints::begin()
{
    if (std::exchange(m_begun, true))
        return;
    showNext();
}

void FirstHints::done(const QString& id)
{
    if (id.isEmpty() || m_seen.contains(id))
        return;
    m_seen << id;
    saveSeenHints(m_seen);
    showNext();
}

void FirstHints::showAgain()
{
    m_seen.clear();
    saveSeenHints(m_seen);
    m_begun = true;
    showNext();
}

void FirstHints::showNext()
{
    const auto next =
        std::ranges::find_if(m_hints, [this](const Hint& hint) { return !m_seen.contains(hint.id); });
    m_shown = next == m_hints.end() || !m_begun ? QString() : next->id;
    setVisible(!m_shown.isEmpty());
    if (m_shown.isEmpty())
        return;
    m_text->setText(next->text);
    setAccessibleDescription(next->text);
    m_count->setText(tr("%1 of %2").arg(next - m_hints.begin() + 1).arg(m_hints.size()));
}

} // namespace headlight::ui
