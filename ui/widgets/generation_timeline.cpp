// Implements generation_timeline.h. The place itself is DisplaySettings::written: this bar only moves it.

#include "ui/widgets/generation_timeline.h"

#include "ui/session/session.h"
#include "ui/style/icon.h"
#include "ui/style/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/labels.h"

namespace headlight::ui {
namespace {

constexpr int usualSpeed = 4; ///< tokens a second

} // namespace

GenerationTimeline::GenerationTimeline(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_play(iconButton(QStringLiteral("play"), tr("Replay the writing"), this))
    , m_back(iconButton(QStringLiteral("chevron-left"), tr("One written token back"), this))
    , m_on(iconButton(QStringLiteral("chevron-right"), tr("One written token on"), this))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_label(mutedLabel({}, this))
    , m_speed(new ChoiceButton({}, tr("Speed of the replay"), tr("How fast the writing is replayed"), this))
{
    setAccessibleName(tr("Timeline of what was written"));
    m_slider->setAccessibleName(tr("Written tokens shown"));
    m_slider->setToolTip(tr("How much of what the model wrote is shown: the maps grow token by token"));
    m_slider->setPageStep(5);
    addSpeeds();
    layOut();
    connect(m_play, &QToolButton::clicked, this, &GenerationTimeline::togglePlaying);
    connect(m_back, &QToolButton::clicked, this, [this] { goTo(shown() - 1); });
    connect(m_on, &QToolButton::clicked, this, [this] { goTo(shown() + 1); });
    connect(m_slider, &QSlider::valueChanged, this, &GenerationTimeline::goTo);
    connect(m_slider, &QSlider::sliderPressed, this, [this] { setPlaying(false); });
    connect(&m_clock, &QTimer::timeout, this, &GenerationTimeline::tick);
    connect(&session, &Session::resultChanged, this, &GenerationTimeline::showResult);
    connect(&session, &Session::displayChanged, this, &GenerationTimeline::showPlace);
    showResult();
}

void GenerationTimeline::layOut()
{
    auto* bar = row(metrics::gap);
    for (QWidget* part : { static_cast<QWidget*>(m_play), static_cast<QWidget*>(m_back) })
        bar->addWidget(part);
    bar->addWidget(m_slider, 1);
    bar->addWidget(m_on);
    m_label->setWordWrap(false);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setMinimumWidth(190); // the slider must not jump when the token gets longer
    bar->addWidget(m_label);
    bar->addWidget(m_speed);
    bar->setContentsMargins(metrics::wideGap, metrics::tinyGap, metrics::wideGap, metrics::gap);
    setLayout(bar);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void GenerationTimeline::addSpeeds()
{
    for (const int speed : { 1, 2, usualSpeed, 8, 16 })
        m_speed->addChoice(QString::number(speed), tr("%n tokens a second", nullptr, speed));
    m_speed->setCurrent(QString::number(usualSpeed));
    m_clock.setInterval(1000 / usualSpeed);
    connect(m_speed, &ChoiceButton::chosen, this,
        [this](const QString& speed) { m_clock.setInterval(1000 / std::max(1, speed.toInt())); });
}

int GenerationTimeline::shown() const
{
    return m_written ? m_session.display().written.value_or(m_written->count) : 0;
}

void GenerationTimeline::showResult()
{
    m_written = m_session.result() ? writtenIn(*m_session.result()) : std::nullopt;
    setVisible(m_written.has_value());
    if (!m_written)
        return setPlaying(false);
    const QSignalBlocker quiet(m_slider);
    m_slider->setRange(0, m_written->count);
    showPlace();
}

void GenerationTimeline::showPlace()
{
    if (!m_written)
        return;
    const int place = shown();
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(place);
    m_back->setEnabled(place > 0);
    m_on->setEnabled(place < m_written->count);
    const QString count = tr("%1 of %2 written").arg(place).arg(m_written->count);
    const QString token = writtenLabel(*m_session.result(), place - 1).trimmed();
    const QString text =
        token.isEmpty() ? count : QStringLiteral("\u2068%1\u2069 · “\u2068%2\u2069”").arg(count, token);
    m_label->setText(fontMetrics().elidedText(text, Qt::ElideRight, 240));
    if (place == m_written->count)
        setPlaying(false);
}

void GenerationTimeline::goTo(int place)
{
    if (!m_written)
        return;
    place = std::clamp(place, 0, m_written->count);
    m_session.setDisplay(whenWritten(m_session.display(), place, *m_written));
    m_session.setSelection(whenWritten(m_session.selection(), place, *m_session.result()));
}

void GenerationTimeline::togglePlaying()
{
    const bool play = !playing();
    if (play && m_written && shown() == m_written->count)
        goTo(0);
    setPlaying(play);
}

void GenerationTimeline::tick()
{
    goTo(shown() + 1);
}

void GenerationTimeline::setPlaying(bool play)
{
    if (play)
        m_clock.start();
    else
        m_clock.stop();
    m_play->setIcon(icon(play ? QStringLiteral("pause") : QStringLiteral("play")));
    m_play->setToolTip(play ? tr("Pause") : tr("Replay the writing"));
    m_play->setAccessibleName(m_play->toolTip());
}

} // namespace headlight::ui
