// Draws the sound, its tint and what stands under it. Pixels of the spectrogram and of the bands are looked
// up once.

#include "ui/views/sound_figure.h"
#include "ui/widgets/colour_bar.h"
#include "ui/widgets/heatmap_painter.h"
#include "ui/widgets/sound_input_box.h"

#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr int wavePieces = 1600;

QString tr(const char* text)
{
    return QCoreApplication::translate("Sound", text);
}

/// Shapes: values [1,M,F] or [M,F]. Loud is dark on a light theme and light on a dark one.
QImage spectrogramImage(const Tensor& values, ThemeKind theme)
{
    const int rank = values.shape().rank();
    const auto mels = values.shape()[rank - 2], frames = values.shape()[rank - 1];
    const auto numbers = values.floats();
    const auto [least, most] = std::ranges::minmax(numbers);
    const float range = most > least ? most - least : 1.0f;
    QImage image(int(frames), int(mels), QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const float value = numbers[std::size_t((mels - 1 - y) * frames + x)];
            const int level = int(std::lround(235.0f * (value - least) / range));
            const int grey = isDark(theme) ? 20 + level : 250 - level;
            image.setPixel(x, y, qRgb(grey, grey, grey));
        }
    return image;
}

} // namespace

SoundPicture::SoundPicture(const Scene& scene, Effort effort)
    : m_scene(scene)
{
    const ShownMap map(scene);
    if (map.empty() || !map.columnAxis().times())
        return;
    m_times = *map.columnAxis().times();
    m_crosses = map.crosses();
    readSound(*scene.result);
    m_main = distributionOf(scene, map, effort);
    for (int head = 0; head < map.map().layer().heads; ++head)
        m_heads.push_back(distributionOf(scene, ShownMap(scene, scene.selection.layer, { head }), effort));
    m_words = WordStrip(scene, map);
}

/// Whisper hears 30 s whatever it is given: the silence behind a short sound is left out.
void SoundPicture::readSound(const AnalysisResult& result)
{
    const double all = m_times.start(m_times.tokens);
    m_soundSeconds = result.heard ? result.heard->heard.seconds() : all;
    m_seconds = m_soundSeconds > 0 ? std::min(all, std::max(m_soundSeconds * 1.02, m_times.step * 8)) : all;
    const bool spectrum = result.heard && result.heard->name == "input_features";
    const Tensor& fed = result.fed.features;
    if (spectrum || !fed.empty()) {
        const Tensor& values = spectrum ? result.heard->values : fed;
        m_spectrogram = spectrogramImage(values, m_scene.theme);
        m_spectrogramSeconds = all;
    } else if (result.heard) {
        const Sound& heard = result.heard->heard;
        const auto shown = std::int64_t(m_seconds * heard.rate());
        m_wave = waveOutline(heard.first(shown).samples(), wavePieces);
    } else if (!result.fed.samples.empty()) {
        m_wave = waveOutline(result.fed.samples.floats(), wavePieces);
    }
}

double SoundPicture::massBehind() const
{
    double sum = 0;
    for (std::size_t token = 0; token < m_main.weights.size(); ++token) {
        if (m_times.start(std::int64_t(token)) >= m_seconds)
            sum += double(m_main.weights[token]);
    }
    return sum;
}

SoundLayout SoundPicture::layout(const QRectF& area)
{
    m_words.lay(area.width(), themeOf(m_scene));
    SoundLayout layout(area, heads(), m_words.height());
    layout.times = m_times;
    layout.seconds = m_seconds;
    return layout;
}

QString SoundPicture::readOut(int token) const
{
    return tr("%1 s   %2").arg(m_times.start(token), 0, 'f', 2).arg(exactText(weight(token)));
}

QImage SoundPicture::band(const Distribution& distribution) const
{
    const ColourMap& map = colourMap(m_scene.display.colourMap);
    const ValueScale scale(m_scene.display.scale, distribution.top);
    const int shown =
        std::clamp(int(std::ceil(m_seconds / m_times.step)), 1, int(distribution.weights.size()));
    QImage image(shown, 1, QImage::Format_RGB32);
    for (int token = 0; token < shown; ++token)
        image.setPixel(token, 0, colourOf(map, scale(distribution.weights[std::size_t(token)])));
    return image;
}

void SoundPicture::paint(QPainter& painter, const SoundLayout& layout, const Theme& theme) const
{
    painter.save();
    paintSound(painter, layout, theme);
    paintTint(painter, layout);
    paintCurve(painter, layout, theme);
    paintHeads(painter, layout, theme);
    paintChosen(painter, layout, theme);
    paintAxis(painter, layout, theme);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_scene.parts.legend)
        ColourBar{
            &colourMap(m_scene.display.colourMap), m_scene.display.scale, m_main.top, false, {}
        }.paint(painter, layout.side.adjusted(6, 0, 0, -std::max(0.0, layout.side.height() - 220)), theme);
    m_words.paint(painter, layout.words, theme);
    painter.restore();
}

void SoundPicture::paintSound(QPainter& painter, const SoundLayout& layout, const Theme& theme) const
{
    painter.fillRect(layout.sound, theme.surface);
    if (m_spectrogram.isNull())
        return paintWave(painter, layout, theme);
    const double share = m_spectrogramSeconds > 0 ? m_seconds / m_spectrogramSeconds : 1;
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(layout.sound, m_spectrogram,
        QRectF(0, 0, std::max(1.0, m_spectrogram.width() * share), m_spectrogram.height()));
}

void SoundPicture::paintWave(QPainter& painter, const SoundLayout& layout, const Theme& theme) const
{
    float loudest = 1e-6f;
    for (const auto& [least, most] : m_wave)
        loudest = std::max({ loudest, -least, most });
    const double middle = layout.sound.center().y(), scale = layout.sound.height() * 0.46 / double(loudest);
    painter.setPen(QPen(theme.text, 1));
    for (std::size_t i = 0; i < m_wave.size(); ++i) {
        const double x =
            layout.sound.left() + layout.sound.width() * (double(i) + 0.5) / double(m_wave.size());
        painter.drawLine(QPointF(x, middle - double(m_wave[i].second) * scale),
            QPointF(x, middle - double(m_wave[i].first) * scale + 0.5));
    }
}

void SoundPicture::paintBand(
    QPainter& painter, const SoundLayout& layout, const QRectF& place, const Distribution& distribution) const
{
    const QImage colours = band(distribution);
    const bool smooth = painter.testRenderHint(QPainter::SmoothPixmapTransform);
    if (!paintsVector(painter) || smooth || colours.width() > Figure::vectorCellLimit / 100) {
        const double shown = m_seconds / m_times.step;
        return painter.drawImage(place, colours, QRectF(0, 0, std::min(shown, double(colours.width())), 1));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (int token = 0; token < colours.width(); ++token)
        painter.fillRect(layout.momentRect(token, place), QColor(colours.pixel(token, 0)));
}

void SoundPicture::paintTint(QPainter& painter, const SoundLayout& layout) const
{
    painter.setOpacity(m_scene.display.imageOverlay);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, m_scene.display.smoothImage);
    paintBand(painter, layout, layout.sound, m_main);
    painter.setOpacity(1);
}

void SoundPicture::paintCurve(QPainter& painter, const SoundLayout& layout, const Theme& theme) const
{
    const ValueScale scale(m_scene.display.scale, m_main.top);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(theme.border);
    painter.drawLine(layout.curve.bottomLeft(), layout.curve.bottomRight());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    for (int token = 0; token < int(m_main.weights.size()) && m_times.start(token) < m_seconds; ++token) {
        QRectF bar = layout.momentRect(token, layout.curve);
        bar.setTop(bar.bottom() - double(scale(weight(token))) * layout.curve.height());
        painter.drawRect(bar);
    }
}

void SoundPicture::paintHeads(QPainter& painter, const SoundLayout& layout, const Theme& theme) const
{
    painter.setFont(theme.small);
    const double line = QFontMetricsF(theme.small).height();
    const int every = layout.heads.empty() ? 1 : std::max(1, int(std::ceil(line / layout.heads[0].height())));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    for (std::size_t head = 0; head < layout.heads.size(); ++head) {
        const QRectF& place = layout.heads[head];
        paintBand(painter, layout, place.adjusted(0, 0, 0, place.height() > 6 ? -1 : 0), m_heads[head]);
        const auto& chosen = m_scene.selection.heads;
        const bool isChosen = std::ranges::find(chosen, int(head)) != chosen.end();
        if (!isChosen && int(head) % every != 0)
            continue;
        painter.setPen(isChosen ? theme.accent : theme.mutedText);
        painter.drawText(QRectF(place.left() - SoundLayout::bandLabel, place.center().y() - 10,
                             SoundLayout::bandLabel - 8, 20),
            int(Qt::AlignRight | Qt::AlignVCenter) | Qt::TextDontClip, tr("head %1").arg(head));
    }
}

void SoundPicture::paintAxis(QPainter& painter, const SoundLayout& layout, const Theme& theme) const
{
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    for (const double second : layout.ticks(64)) {
        const double x = layout.x(second);
        painter.drawLine(QPointF(x, layout.axis.top()), QPointF(x, layout.axis.top() + 4));
        painter.drawText(QRectF(x - 40, layout.axis.top() + 4, 80, layout.axis.height() - 4),
            int(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextDontClip, tr("%1 s").arg(second, 0, 'g', 4));
    }
    const auto label = [&](const QRectF& band, const QString& text) {
        painter.drawText(QRectF(band.left() - SoundLayout::bandLabel, band.top(), SoundLayout::bandLabel - 8,
                             band.height()),
            int(Qt::AlignRight | Qt::AlignVCenter) | Qt::TextDontClip, text);
    };
    label(layout.sound, m_spectrogram.isNull() ? tr("wave") : tr("pitch ↑"));
    label(layout.curve, tr("weight"));
    if (const double behind = massBehind(); behind >= 0.0005)
        painter.drawText(layout.side.adjusted(6, std::min(230.0, layout.side.height() - 60), 0, 60),
            int(Qt::AlignLeft | Qt::AlignTop) | Qt::TextWordWrap,
            tr("%1 of the weight lies in the silence behind").arg(behind, 0, 'f', 3));
}

void SoundPicture::paintChosen(QPainter& painter, const SoundLayout& layout, const Theme& theme) const
{
    std::vector<int> moments = m_scene.selection.queries;
    if (m_crosses)
        moments = m_scene.selection.key ? std::vector{ *m_scene.selection.key } : std::vector<int>{};
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.highlight, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    for (int moment : moments) {
        if (m_times.start(moment) < m_seconds)
            painter.drawRect(layout.momentRect(moment, layout.sound).adjusted(-1, 1, 1, -1));
    }
}

} // namespace headlight::ui
