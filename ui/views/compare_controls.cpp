#include "ui/views/compare_controls.h"

#include "ui/session/comparison.h"
#include "ui/session/session.h"
#include "ui/session/sites.h"
#include "ui/style/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/stepper.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QTimer>

#include <chrono>
#include <numeric>

namespace headlight::ui {
namespace {

const char* const keptId = "kept";
const char* const runId = "run";
const char* const textId = "text";

/// As in the field of A's text: a burst of keys is one run.
constexpr std::chrono::milliseconds breath(25);
/// A run that takes longer shows its progress.
constexpr std::chrono::milliseconds patience(300);
/// Below this width layer and head stand in a row of their own.
constexpr int oneRowWidth = 660;

const char* idOf(Against against)
{
    return against == Against::SameRun ? runId : against == Against::Text ? textId : keptId;
}

QString textOfA(const Session& session)
{
    return QString::fromStdString(headlight::ui::textOf(session.input()));
}

} // namespace

CompareControls::CompareControls(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_breath(new QTimer(this))
{
    auto* all = column(this, 6);
    m_row = new QBoxLayout(QBoxLayout::LeftToRight);
    m_row->setSpacing(metrics::gap);
    m_row->addWidget(makeSource());
    m_row->addWidget(makeHeads());
    m_row->addStretch(1);
    all->addLayout(m_row);
    m_row->addWidget(makeBusy());
    all->addWidget(makeText());
    m_state = mutedLabel({}, this);
    all->addWidget(m_state);
    m_row->setSizeConstraint(QLayout::SetNoConstraint);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_breath->setSingleShot(true);
    m_breath->setInterval(breath);
    connect(m_breath, &QTimer::timeout, this, [this] { m_session.comparison().setText(m_text->text()); });
    connect(m_text, &QLineEdit::textEdited, this, [this] { m_breath->start(); });
}

QWidget* CompareControls::makeSource()
{
    auto* box = new QWidget(this);
    auto* line = row(metrics::gap);
    box->setLayout(line);
    m_source = new ChoiceButton(tr("B"), tr("What B is"), tr("What the shown head is compared with"), box);
    m_source->addChoice(
        keptId, tr("kept run"), tr("Keep what A shows now as B, whatever changes afterwards"));
    m_source->addChoice(runId, tr("other head"), tr("Another layer or head of the newest run"));
    m_source->addChoice(textId, tr("own text"), tr("A second text, run on the model that is open"));
    auto* keep = linkButton(
        tr("Keep A as B"), tr("What A shows now becomes B and stays; then change input, model or head"), box);
    m_swap = iconButton(QStringLiteral("compare"), tr("Swap A and B"), box);
    auto* clear = iconButton(QStringLiteral("close"), tr("Compare with nothing"), box);
    for (QWidget* widget : { static_cast<QWidget*>(m_source), static_cast<QWidget*>(keep),
             static_cast<QWidget*>(m_swap), static_cast<QWidget*>(clear) })
        line->addWidget(widget);
    line->addStretch(1);
    Comparison& comparison = m_session.comparison();
    connect(m_source, &ChoiceButton::chosen, this, &CompareControls::chooseSource);
    connect(keep, &QPushButton::clicked, &comparison, &Comparison::keep);
    connect(m_swap, &QToolButton::clicked, &comparison, &Comparison::swap);
    connect(clear, &QToolButton::clicked, &comparison, &Comparison::clear);
    return box;
}

QWidget* CompareControls::makeHeads()
{
    auto* box = new QWidget(this);
    auto* line = row(metrics::tinyGap);
    box->setLayout(line);
    m_layer = new Stepper(
        { tr("Layer of B"), tr("Previous layer of B"), tr("Next layer of B"), tr("Which layer B shows") },
        box);
    m_head = new Stepper({ tr("Head of B"), tr("Previous head of B"), tr("Next head of B"),
                             tr("Which head B shows, or the mean or the largest weight of all heads") },
        box);
    m_follow = new QCheckBox(tr("as A"), box);
    m_follow->setToolTip(tr("B shows the same layer and heads as A"));
    m_follow->setAccessibleName(tr("Layer and head as A"));
    line->addWidget(m_layer);
    line->addWidget(m_head);
    line->addSpacing(metrics::tinyGap);
    line->addWidget(m_follow);
    line->addStretch(1);
    connect(m_layer, &Stepper::chosen, this, &CompareControls::chooseLayer);
    connect(m_head, &Stepper::chosen, this, &CompareControls::chooseHead);
    connect(m_follow, &QCheckBox::clicked, &m_session.comparison(), &Comparison::setFollows);
    return box;
}

QWidget* CompareControls::makeBusy()
{
    m_busy = new QWidget(this);
    auto* line = row(metrics::tinyGap);
    m_busy->setLayout(line);
    m_progress = mutedLabel({}, m_busy);
    m_progress->setWordWrap(false);
    auto* cancel = linkButton(tr("Cancel"), tr("Stop the run of B"), m_busy);
    cancel->setAccessibleName(tr("Cancel the run of B"));
    line->addWidget(m_progress);
    line->addWidget(cancel);
    m_busy->hide();
    m_patience = new QTimer(this);
    m_patience->setSingleShot(true);
    m_patience->setInterval(patience);
    Comparison& comparison = m_session.comparison();
    connect(m_patience, &QTimer::timeout, this, &CompareControls::showBusy);
    connect(&comparison, &Comparison::progressed, this, &CompareControls::showBusy);
    connect(cancel, &QPushButton::clicked, &comparison, &Comparison::cancel);
    return m_busy;
}

/// Short runs show nothing: typing would make it flicker.
void CompareControls::showBusy()
{
    const Comparison& comparison = m_session.comparison();
    m_busy->setVisible(comparison.running() && !m_patience->isActive());
    m_progress->setText(tr("B runs: %1 %").arg(int(comparison.progress() * 100)));
}

QWidget* CompareControls::makeText()
{
    m_text = new QLineEdit(this);
    m_text->setAccessibleName(tr("Text of B"));
    m_text->setToolTip(tr("The text of B: its maps follow while you type"));
    m_text->setPlaceholderText(tr("Type a text for B"));
    m_text->setClearButtonEnabled(false);
    return m_text;
}

void CompareControls::resizeEvent(QResizeEvent* event)
{
    m_row->setDirection(width() < oneRowWidth ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    QWidget::resizeEvent(event);
}

void CompareControls::chooseSource(const QString& id)
{
    Comparison& comparison = m_session.comparison();
    if (id == QLatin1String(keptId)) {
        comparison.keep();
    } else if (id == QLatin1String(runId)) {
        comparison.compareWithAnotherHead();
    } else {
        beginText();
    }
    showSide(); // also when nothing changed: the button shows what is
}

void CompareControls::beginText()
{
    if (!m_session.comparison().takesText())
        return;
    m_session.comparison().setText(textOfA(m_session));
    m_text->setFocus();
    m_text->selectAll();
}

void CompareControls::chooseLayer(int index)
{
    const auto side = m_session.comparison().side();
    if (!side)
        return;
    const auto layers = layersOf(*side->result, SiteGroup::of(side->selection));
    if (std::size_t(index) >= layers.size())
        return;
    Selection selection = side->selection;
    selection.layer = layers[std::size_t(index)]->site.layer;
    m_session.comparison().choose(selection);
}

void CompareControls::chooseHead(int index)
{
    const auto side = m_session.comparison().side();
    const auto layer = side ? layerOf(*side->result, side->selection) : nullptr;
    if (!layer)
        return;
    Selection selection = side->selection;
    selection.heads = { index };
    if (index >= layer->heads) {
        selection.heads.resize(std::size_t(layer->heads));
        std::iota(selection.heads.begin(), selection.heads.end(), 0);
        selection.join = index == layer->heads ? HeadJoin::Mean : HeadJoin::Max;
    }
    m_session.comparison().choose(selection);
}

void CompareControls::showSide()
{
    const Comparison& comparison = m_session.comparison();
    m_source->setCurrent(idOf(comparison.against()));
    m_swap->setEnabled(comparison.side() != nullptr);
    if (!comparison.running())
        m_patience->stop();
    else if (!m_patience->isActive() && m_busy->isHidden())
        m_patience->start();
    showBusy();
    showHeads();
    showText();
}

void CompareControls::showHeads()
{
    const Comparison& comparison = m_session.comparison();
    const auto side = comparison.side();
    const auto layer = side ? layerOf(*side->result, side->selection) : nullptr;
    m_follow->setVisible(comparison.against() != Against::SameRun);
    m_follow->setChecked(comparison.follows());
    for (QWidget* widget : { static_cast<QWidget*>(m_layer), static_cast<QWidget*>(m_head) })
        widget->setEnabled(layer != nullptr);
    if (!layer)
        return;
    const auto layers = layersOf(*side->result, SiteGroup::of(side->selection));
    QStringList layerTitles, headTitles;
    for (const auto& one : layers)
        layerTitles << tr("Layer %1").arg(one->site.layer);
    for (int head = 0; head < layer->heads; ++head)
        headTitles << tr("Head %1").arg(head);
    headTitles << tr("Mean") << tr("Largest");
    m_layer->setTitles(layerTitles, int(layerTitles.size()));
    m_layer->setCurrent(int(std::ranges::find(layers, layer) - layers.begin()));
    m_head->setTitles(headTitles, layer->heads);
    const Selection& selection = side->selection;
    m_head->setCurrent(selection.heads.size() == 1
            ? selection.head()
            : layer->heads + (selection.join == HeadJoin::Mean ? 0 : 1));
}

void CompareControls::showText()
{
    const Comparison& comparison = m_session.comparison();
    m_text->setVisible(comparison.against() == Against::Text);
    if (!m_breath->isActive() && m_text->text() != comparison.text())
        m_text->setText(comparison.text());
    const QString state = stateText();
    m_state->setText(state);
    m_state->setVisible(!state.isEmpty());
}

/// What is the matter with B, in one sentence.
QString CompareControls::stateText() const
{
    const Comparison& comparison = m_session.comparison();
    if (!comparison.failure().isEmpty())
        return tr("B: %1").arg(comparison.failure());
    if (comparison.against() == Against::Text && !comparison.takesText())
        return tr("The model that is open takes no text. Keep a run as B instead.");
    return {};
}

} // namespace headlight::ui
