// Implements generation_form.h.

#include "ui/widgets/generation_form.h"

#include "ui/style/theme.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/segmented_bar.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QSpinBox>

namespace headlight::ui {
namespace {

const QString greedy = QStringLiteral("greedy"), sampling = QStringLiteral("sampling"),
              beams = QStringLiteral("beams");

QString choiceOf(const GenerationOptions& options)
{
    return options.beams > 1 ? beams : options.temperature > 0 ? sampling : greedy;
}

} // namespace

QString generationText(const GenerationOptions& options)
{
    if (options.beams > 1)
        return GenerationForm::tr("%1 beams · %2").arg(options.beams).arg(options.newTokens);
    if (options.temperature > 0)
        return GenerationForm::tr("temp. %1 · %2")
            .arg(double(options.temperature), 0, 'g', 3)
            .arg(options.newTokens);
    return GenerationForm::tr("greedy · %1").arg(options.newTokens);
}

GenerationForm::GenerationForm(QWidget* parent)
    : QWidget(parent)
    , m_choice(new SegmentedBar(this))
    , m_tokens(number(tr("The most tokens that are written"), 1, 1000))
    , m_topK(number(tr("Draw among so many of the likeliest tokens; 0: all"), 0, 100'000))
    , m_seed(number(tr("The same seed draws the same text"), 0, 1'000'000))
    , m_beams(number(tr("How many texts are followed at once"), 2, 8))
    , m_temperature(fraction(tr("Below 1 bolder choices of the likely, above 1 wilder ones"), 0.05, 5.0))
    , m_topP(fraction(tr("Draw among the likeliest tokens that make up this share; 1: all"), 0.01, 1.0))
{
    setAccessibleName(tr("How the model writes"));
    m_choice->setSegments({ { greedy, tr("Greedy"), tr("Always the likeliest token") },
        { sampling, tr("Sample"), tr("Tokens are drawn by their probability") },
        { beams, tr("Beams"), tr("Several texts are followed, the likeliest wins") } });
    m_choice->setAccessibleName(tr("How a token is chosen"));
    addFields();
    m_beams->setValue(4);
    m_temperature->setValue(0.8);
    m_topP->setValue(1.0);
    setOptions({});
    connect(m_choice, &SegmentedBar::chosen, this, [this] {
        showFields();
        emit changed();
    });
    for (QSpinBox* box : { m_tokens, m_topK, m_seed, m_beams })
        connect(box, &QSpinBox::valueChanged, this, &GenerationForm::changed);
    for (QDoubleSpinBox* box : { m_temperature, m_topP })
        connect(box, &QDoubleSpinBox::valueChanged, this, &GenerationForm::changed);
}

QSpinBox* GenerationForm::number(const QString& toolTip, int least, int most)
{
    auto* box = new QSpinBox(this);
    box->setRange(least, most);
    box->setToolTip(toolTip);
    return box;
}

QDoubleSpinBox* GenerationForm::fraction(const QString& toolTip, double least, double most)
{
    auto* box = new QDoubleSpinBox(this);
    box->setRange(least, most);
    box->setSingleStep(0.05);
    box->setToolTip(toolTip);
    return box;
}

void GenerationForm::addFields()
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(12, 12, 12, 12);
    grid->setHorizontalSpacing(metrics::wideGap);
    grid->setVerticalSpacing(6);
    grid->addWidget(m_choice, 0, 0, 1, 2);
    addRow(m_tokensLabel, tr("New tokens"), m_tokens);
    addRow(m_temperatureLabel, tr("Temperature"), m_temperature);
    addRow(m_topKLabel, tr("Top k"), m_topK);
    addRow(m_topPLabel, tr("Top p"), m_topP);
    addRow(m_seedLabel, tr("Seed"), m_seed);
    addRow(m_beamsLabel, tr("Beams"), m_beams);
}

void GenerationForm::addRow(QLabel*& label, const QString& name, QWidget* field)
{
    auto* grid = static_cast<QGridLayout*>(layout());
    const int row = grid->rowCount();
    label = new QLabel(name, this);
    label->setBuddy(field);
    field->setAccessibleName(name);
    grid->addWidget(label, row, 0);
    grid->addWidget(field, row, 1);
}

void GenerationForm::setOptions(const GenerationOptions& options)
{
    m_choice->setCurrent(choiceOf(options));
    m_tokens->setValue(int(options.newTokens));
    if (options.beams > 1)
        m_beams->setValue(options.beams);
    if (options.temperature > 0)
        m_temperature->setValue(double(options.temperature));
    m_topK->setValue(int(options.topK));
    m_topP->setValue(double(options.topP));
    m_seed->setValue(int(options.seed));
    showFields();
}

GenerationOptions GenerationForm::options() const
{
    GenerationOptions options;
    options.newTokens = m_tokens->value();
    if (m_choice->current() == beams)
        options.beams = m_beams->value();
    if (m_choice->current() != sampling)
        return options;
    options.temperature = float(m_temperature->value());
    options.topK = m_topK->value();
    options.topP = float(m_topP->value());
    options.seed = std::uint64_t(m_seed->value());
    return options;
}

/// Fields that mean nothing now are greyed, not hidden: the form keeps its size while its menu is open.
void GenerationForm::showFields()
{
    const QString choice = m_choice->current();
    for (QWidget* field : { static_cast<QWidget*>(m_temperature), static_cast<QWidget*>(m_topK),
             static_cast<QWidget*>(m_topP), static_cast<QWidget*>(m_seed),
             static_cast<QWidget*>(m_temperatureLabel), static_cast<QWidget*>(m_topKLabel),
             static_cast<QWidget*>(m_topPLabel), static_cast<QWidget*>(m_seedLabel) })
        field->setEnabled(choice == sampling);
    m_beams->setEnabled(choice == beams);
    m_beamsLabel->setEnabled(choice == beams);
}

} // namespace headlight::ui
