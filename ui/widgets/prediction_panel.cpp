// Implements prediction_panel.h.

#include "ui/widgets/prediction_panel.h"

#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

#include <QToolTip>

namespace headlight::ui {
namespace {

constexpr int rowHeight = 27;
/// A masked text may ask for many words; more are in the exported numbers.
constexpr std::size_t mostPredictions = 3;

QString percent(float probability)
{
    return QStringLiteral("%1 %").arg(double(probability) * 100, 0, 'f', 1);
}

/// A transcript or answer that no row has room for.
bool isSentence(const Prediction& prediction)
{
    constexpr std::size_t longestLabel = 28; // bytes
    return prediction.classes.size() == 1 && prediction.classes.front().label.size() > longestLabel;
}

/// What the run says, and the objects it found.
std::vector<Prediction> predictionsOf(const AnalysisResult& result)
{
    std::vector<Prediction> all = result.predictions;
    if (result.boxes.empty())
        return all;
    Prediction found{ PredictionPanel::tr("found").toStdString(), {} };
    for (const DetectedBox& box : result.boxes)
        found.classes.push_back({ box.label, box.probability, 0, box.token });
    all.insert(all.begin(), std::move(found));
    return all;
}

} // namespace

ProbabilityRows::ProbabilityRows(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Probabilities"));
    setToolTip(tr("How likely the model finds each answer"));
}

void ProbabilityRows::setPrediction(const Prediction& prediction)
{
    const auto shown = std::min<std::size_t>(mostRows, prediction.classes.size());
    m_classes.assign(prediction.classes.begin(), prediction.classes.begin() + std::ptrdiff_t(shown));
    QStringList texts;
    for (const ClassProbability& entry : m_classes)
        texts << QString::fromStdString(entry.label) + ' ' + percent(entry.probability);
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize ProbabilityRows::sizeHint() const
{
    return { 160, int(m_classes.size()) * rowHeight };
}

bool ProbabilityRows::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto index = std::size_t(std::max(0, help->pos().y() / rowHeight));
    if (index < m_classes.size())
        QToolTip::showText(help->globalPos(),
            tr("%1: probability %2, logit %3")
                .arg(QString::fromStdString(m_classes[index].label))
                .arg(double(m_classes[index].probability), 0, 'g', 9)
                .arg(double(m_classes[index].logit), 0, 'g', 9),
            this);
    return true;
}

void ProbabilityRows::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& theme = currentTheme();
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        const QRectF area(0, double(i) * rowHeight, width(), rowHeight - 9);
        painter.setFont(i == 0 ? theme.strong : theme.body);
        painter.setPen(theme.text);
        const QString number = percent(m_classes[i].probability);
        const double numberWidth = painter.fontMetrics().horizontalAdvance(number);
        const QString label = painter.fontMetrics().elidedText(
            QString::fromStdString(m_classes[i].label), Qt::ElideRight, int(area.width() - numberWidth - 12));
        painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, label);
        painter.drawText(area, Qt::AlignRight | Qt::AlignVCenter, number);
        const QRectF trough(0, area.bottom() + 2, width(), 3);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.surface);
        painter.drawRoundedRect(trough, 1.5, 1.5);
        painter.setBrush(theme.accent);
        const double share = std::clamp(double(m_classes[i].probability), 0.0, 1.0);
        painter.drawRoundedRect(
            QRectF(trough.topLeft(), QSizeF(std::max(3.0, trough.width() * share), 3)), 1.5, 1.5);
    }
}

PredictionPanel::PredictionPanel(QWidget* parent)
    : QWidget(parent)
    , m_title(sectionLabel(tr("Prediction"), this))
    , m_list(new QWidget(this))
{
    auto* layout = column(this, 6);
    layout->addWidget(m_title);
    layout->addWidget(m_list);
    auto* list = column(m_list, 6);
    for (std::size_t i = 0; i < mostPredictions; ++i) {
        m_names.append(mutedLabel({}, m_list));
        m_rows.append(new ProbabilityRows(m_list));
        list->addWidget(m_names.back());
        list->addWidget(m_rows.back());
    }
    hide();
}

void PredictionPanel::setResult(const AnalysisResult* result)
{
    const std::vector<Prediction> shown = result ? predictionsOf(*result) : std::vector<Prediction>();
    setVisible(!shown.empty());
    for (std::size_t i = 0; i < mostPredictions; ++i)
        showPrediction(qsizetype(i), i < shown.size() ? &shown[i] : nullptr);
}

void PredictionPanel::showPrediction(qsizetype index, const Prediction* prediction)
{
    m_names[index]->setVisible(prediction != nullptr);
    m_rows[index]->setVisible(prediction && !isSentence(*prediction));
    if (!prediction)
        return;
    const QString title = QString::fromStdString(prediction->title);
    if (isSentence(*prediction))
        m_names[index]->setText(
            QStringLiteral("%1: “%2”").arg(title, QString::fromStdString(prediction->classes.front().label)));
    else
        m_names[index]->setText(title);
    m_rows[index]->setPrediction(*prediction);
}

} // namespace headlight::ui
