#include "ui/views/flow_progress.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace headlight::ui {
namespace {

constexpr int progressAfterMilliseconds = 200, progressEvery = 80;

} // namespace

FlowProgress::FlowProgress(QWidget* parent)
    : QFrame(parent)
    , m_label(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_button(new QPushButton(this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(10);
    row->addWidget(m_label);
    row->addWidget(m_bar, 1);
    row->addWidget(m_button);
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(200);
    setProperty("look", "card");
    setAttribute(Qt::WA_StyledBackground);
    m_bar->setAccessibleName(tr("Progress of following the paths"));
    m_button->setObjectName(QStringLiteral("flow-stop"));
    m_label->setProperty("look", "muted");
    sayRunning();
    hide();
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_timer.setInterval(progressEvery);
        m_bar->setValue(m_done->load());
        show();
    });
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_stopped)
            return wanted();
        showCancelled();
        cancelled();
    });
}

void FlowProgress::sayRunning()
{
    m_label->setText(tr("Following the paths through the layers…"));
    m_button->setText(tr("Cancel"));
    m_button->setToolTip(tr("Stop following the paths"));
    m_button->setAccessibleName(tr("Cancel"));
}

std::shared_ptr<std::atomic<int>> FlowProgress::begin()
{
    m_stopped = false;
    m_done = std::make_shared<std::atomic<int>>(0);
    sayRunning();
    m_bar->setValue(0);
    m_bar->show();
    m_timer.start(progressAfterMilliseconds);
    return m_done;
}

void FlowProgress::end()
{
    m_timer.stop();
    hide();
}

void FlowProgress::showCancelled()
{
    m_timer.stop();
    m_stopped = true;
    m_label->setText(tr("Stopped: the picture is not of the chosen token."));
    m_button->setText(tr("Compute"));
    m_button->setToolTip(tr("Follow the paths of the chosen token"));
    m_button->setAccessibleName(tr("Compute"));
    m_bar->hide();
}

} // namespace headlight::ui
