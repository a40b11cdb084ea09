// Implements sound_input_box.h.

#include "ui/widgets/sound_input_box.h"

#include "ui/session/kept_inputs.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <algorithm>

namespace headlight::ui {
namespace {

constexpr int outlinePieces = 480;
/// So many samples are looked through within a frame.
constexpr std::int64_t promptSamples = 1 << 20;

} // namespace

std::vector<std::pair<float, float>> waveOutline(std::span<const float> samples, int pieces)
{
    std::vector<std::pair<float, float>> outline;
    const auto count = std::int64_t(samples.size());
    for (int piece = 0; piece < pieces && count > 0; ++piece) {
        const std::int64_t first = std::min(count - 1, piece * count / pieces);
        const std::int64_t last = std::max(first + 1, (piece + 1) * count / pieces);
        const auto [least, most] = std::ranges::minmax(
            samples.subspan(std::size_t(first), std::size_t(std::min(last, count) - first)));
        outline.emplace_back(least, most);
    }
    return outline;
}

SoundThumb::SoundThumb(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Sound"));
    setToolTip(tr("The sound the model is given. Drop another one anywhere in the window."));
}

void SoundThumb::setSound(const Sound& sound)
{
    if (sharesSamples(sound, m_sound))
        return; // only what stands beside it has changed
    m_sound = sound;
    const auto show = [this](const Outline& outline) {
        m_outline = outline;
        update();
    };
    const auto outline = [sound](
                             const std::stop_token&) { return waveOutline(sound.samples(), outlinePieces); };
    m_job.cancel();
    if (sound.count() <= promptSamples)
        show(outline({}));
    else
        m_job.start<Outline>(this, outline, show);
}

void SoundThumb::paintEvent(QPaintEvent*)
{
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_outline.empty() ? QPen(theme.border, 1, Qt::DashLine) : QPen(theme.border));
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metrics::radius, metrics::radius);
    if (m_outline.empty()) {
        painter.setPen(theme.mutedText);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Open or drop a sound"));
        return;
    }
    float loudest = 1e-6f;
    for (const auto& [least, most] : m_outline)
        loudest = std::max({ loudest, -least, most });
    painter.setPen(QPen(theme.accent, 1));
    const double middle = height() / 2.0, scale = (height() / 2.0 - 5) / double(loudest);
    for (std::size_t i = 0; i < m_outline.size(); ++i) {
        const double x = 4 + (width() - 8) * (double(i) + 0.5) / double(m_outline.size());
        painter.drawLine(QPointF(x, middle - double(m_outline[i].second) * scale),
            QPointF(x, middle - double(m_outline[i].first) * scale + 0.5));
    }
}

SoundInputBox::SoundInputBox(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_wave(new SoundThumb(this))
    , m_state(mutedLabel({}, this))
{
    auto* open = new QPushButton(tr("Open sound…"), this);
    open->setToolTip(tr("Choose a WAV, FLAC, OGG or MP3 file"));
    open->setAccessibleName(open->text());
    auto* buttons = row(8);
    buttons->addWidget(open);
    buttons->addStretch();
    auto* layout = column(this, 6);
    layout->addWidget(m_wave);
    layout->addWidget(m_state);
    layout->addLayout(buttons);
    m_state->hide();
    connect(open, &QPushButton::clicked, this, &SoundInputBox::openRequested);
    connect(&session, &Session::inputChanged, this, &SoundInputBox::showInput);
    connect(&session, &Session::resultChanged, this, &SoundInputBox::showResult);
}

void SoundInputBox::showInput()
{
    if (const auto* input = std::get_if<SoundInput>(&m_session.input()))
        m_wave->setSound(input->sound);
}

void SoundInputBox::showResult()
{
    const auto& result = m_session.result();
    m_state->setVisible(result && !result->sound.empty());
    if (m_state->isHidden())
        return;
    QStringList state{ tr("%1 s").arg(result->sound.seconds(), 0, 'f', 2),
        tr("%1 Hz").arg(result->sound.rate()) };
    if (result->times)
        state << tr("%1 moments").arg(result->times->tokens);
    if (result->heard && result->heard->secondsCut > 0)
        state << tr("%1 s cut off").arg(result->heard->secondsCut, 0, 'f', 1);
    if (result->complete)
        state << tr("%1 ms").arg(result->milliseconds, 0, 'f', 1);
    m_state->setText(state.join(QStringLiteral("  ·  ")));
}

} // namespace headlight::ui
