// Implements recovery_bar.h.

#include "ui/shell/recovery_bar.h"

#include "ui/style/icon.h"
#include "ui/widgets/labels.h"

#include <QAccessible>

namespace headlight::ui {

using Leftovers = std::vector<std::shared_ptr<Leftover>>;

RecoveryBar::RecoveryBar(std::filesystem::path folder, QWidget* parent)
    : QFrame(parent)
    , m_folder(std::move(folder))
    , m_message(new QLabel(this))
    , m_restore(new QPushButton(tr("Restore"), this))
    , m_discard(new QPushButton(tr("Discard"), this))
{
    setProperty("look", "noticeBar");
    setAccessibleName(tr("Recovery"));
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    makeButtons();
    auto* sign = new QLabel(this);
    sign->setPixmap(
        icon(QStringLiteral("info"), IconColour::Accent).pixmap(QSize(16, 16), devicePixelRatioF()));
    auto* later =
        iconButton(QStringLiteral("close"), tr("Later: it is offered again at the next start"), this);
    connect(later, &QToolButton::clicked, this, [this] {
        m_leftovers.clear(); // unlocks them
        offer();
    });
    auto* layout = row(8);
    layout->setContentsMargins(10, 6, 6, 6);
    layout->addWidget(sign);
    layout->addWidget(m_message, 1);
    layout->addWidget(m_restore);
    layout->addWidget(m_discard);
    layout->addWidget(later);
    setLayout(layout);
    hide();
}

void RecoveryBar::makeButtons()
{
    m_restore->setProperty("look", "primary");
    m_restore->setObjectName(QStringLiteral("restore"));
    m_restore->setAccessibleName(m_restore->text());
    m_restore->setToolTip(tr("Go to what was there: input, model, selection, settings and findings"));
    m_discard->setObjectName(QStringLiteral("discard"));
    m_discard->setAccessibleName(m_discard->text());
    m_discard->setToolTip(tr("Delete what was left for good"));
    connect(m_restore, &QPushButton::clicked, this, &RecoveryBar::restore);
    connect(m_discard, &QPushButton::clicked, this, &RecoveryBar::discard);
}

void RecoveryBar::look()
{
    m_job.start<Leftovers>(
        this, [folder = m_folder](const std::stop_token&) { return findLeftovers(folder); },
        [this](const Leftovers& found) {
            m_leftovers = found;
            offer();
        });
}

void RecoveryBar::offer()
{
    const bool offered = isVisible();
    setVisible(!m_leftovers.empty());
    setChoice(true);
    if (m_leftovers.empty() && offered)
        emit done();
    if (m_leftovers.empty())
        return;
    const QString when = QLocale().toString(m_leftovers.front()->saved(), QStringLiteral("d MMM, HH:mm"));
    m_message->setText(tr("Headlight ended unexpectedly (%1). Restore what you had?").arg(when));
    setAccessibleDescription(m_message->text());
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void RecoveryBar::restore()
{
    using Read = Expected<SessionDocument>;
    setChoice(false); // what is being read must not be deleted
    m_job.start<std::shared_ptr<Read>>(
        this,
        [path = m_leftovers.front()->path()](
            const std::stop_token&) { return std::make_shared<Read>(readSession(path)); },
        [this](const std::shared_ptr<Read>& read) {
            if (!*read) {
                setChoice(true);
                emit failed(QString::fromStdString(read->error().message));
                return;
            }
            m_restored.push_back(m_leftovers.front());
            m_leftovers.erase(m_leftovers.begin());
            offer();
            emit restoreRequested(**read);
        });
}

void RecoveryBar::setChoice(bool possible)
{
    m_restore->setEnabled(possible);
    m_discard->setEnabled(possible);
}

void RecoveryBar::restoredIsSafe()
{
    for (const auto& leftover : std::exchange(m_restored, {}))
        leftover->remove();
}

void RecoveryBar::discard()
{
    m_leftovers.front()->remove();
    m_leftovers.erase(m_leftovers.begin());
    offer();
}

} // namespace headlight::ui
