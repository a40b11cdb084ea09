// Implements inspector.h.

#include "ui/widgets/inspector.h"

#include "ui/session/layer_marks.h"
#include "ui/session/row_extras.h"
#include "ui/session/selection_words.h"
#include "ui/session/sites.h"
#include "ui/style/theme.h"
#include "ui/widgets/box_list.h"
#include "ui/widgets/fact_list.h"
#include "ui/widgets/key_chart.h"
#include "ui/widgets/labels.h"

#include <cmath>

namespace headlight::ui {
namespace {

constexpr std::size_t mostBars = 7;
/// So many weights are read within a frame, and their words put together.
constexpr std::int64_t promptWeights = 512 * 512;

QString shortened(const QString& token)
{
    constexpr qsizetype longest = 14;
    return token.size() <= longest ? token : token.left(longest - 1) + QStringLiteral("…");
}

QString titleOf(const Inspected& about, const DisplaySettings& display)
{
    QStringList queries;
    for (const ChosenWord& query : chosenQueries(about, display))
        queries << shortened(query.name);
    constexpr qsizetype mostNamed = 3;
    if (queries.size() > mostNamed)
        queries = queries.mid(0, mostNamed) << QStringLiteral("…");
    const QString from = queries.join(QStringLiteral(", "));
    const auto key = chosenKey(about, display);
    const QString to = key ? shortened(key->name) : QString();
    if (from.isEmpty() || to.isEmpty())
        return from.isEmpty() && !to.isEmpty() ? QStringLiteral("→ %1").arg(to) : from;
    return fromTo(from, to);
}

/// Which of what is chosen are words of several tokens, and what that makes of their weights.
QString joinedText(const std::vector<ChosenWord>& queries, const std::optional<ChosenWord>& key)
{
    QStringList words, rules;
    const auto name = [&](const ChosenWord& word) {
        const QString text =
            Inspector::tr("“%1” (%2 pieces)").arg(shortened(word.name), QString::number(word.pieces));
        if (!words.contains(text))
            words << text;
    };
    if (key && key->pieces > 1) {
        name(*key);
        rules << Inspector::tr("keys summed");
    }
    for (const ChosenWord& query : queries) {
        if (query.pieces == 1)
            continue;
        name(query);
        if (!rules.contains(Inspector::tr("queries averaged")))
            rules << Inspector::tr("queries averaged");
    }
    if (words.isEmpty())
        return {};
    return (words.size() == 1 ? Inspector::tr("Word %1: %2.") : Inspector::tr("Words %1: %2."))
        .arg(words.join(QStringLiteral(", ")), rules.join(QStringLiteral(", ")));
}

QString headName(const AnalysisResult& result, const Inspected& about)
{
    const auto heads = about.map.heads();
    const AttentionSite& site = about.map.layer().site;
    QString layer = Inspector::tr("Layer %1").arg(site.layer);
    if (sitesOf(result).size() > 1)
        layer.prepend(title(SiteGroup::of(site)) + QStringLiteral(" · "));
    if (heads.size() == 1)
        return Inspector::tr("%1 · Head %2").arg(layer).arg(heads.front());
    return (about.map.join() == HeadJoin::Mean ? Inspector::tr("%1 · mean of %2 heads")
                                               : Inspector::tr("%1 · largest of %2 heads"))
        .arg(layer)
        .arg(heads.size());
}

QList<KeyChart::Bar> barsOf(const std::vector<TokenWeight>& tokens)
{
    QList<KeyChart::Bar> bars;
    for (const TokenWeight& token : tokens)
        bars.append({ token.text, token.weight });
    return bars;
}

/// Of one chosen token: what its head's sink takes, and the experts it was given to.
QList<FactList::Fact> rowFacts(const AnalysisResult* result, const Inspected& about)
{
    QList<FactList::Fact> facts;
    if (about.queries.size() != 1)
        return facts;
    const int query = about.queries.front();
    if (const auto share = sinkShare(about.map, query))
        facts.append({ Inspector::tr("sink"), shareText(*share), exactDigits(*share) });
    if (const auto choice = result ? expertsOf(*result, about.map.layer()) : nullptr)
        facts.append({ Inspector::tr("experts"), expertsText(*choice, query),
            Inspector::tr("%1 of %2 experts, with their weights").arg(choice->chosen).arg(choice->count) });
    return facts;
}

} // namespace

QString weightDigits(float weight)
{
    const double value = weight;
    if (value == 0 || !std::isfinite(value))
        return value == 0 ? QStringLiteral("0") : QString::number(value);
    // At least four significant digits, and four decimals so that a column of numbers lines up.
    const int decimals = std::max(4, 3 - int(std::floor(std::log10(std::abs(value)))));
    return decimals > 7 ? QString::number(value, 'e', 3) : QString::number(value, 'f', decimals);
}

QString exactDigits(float weight)
{
    // A float's shortest text: 9 digits always read back; fewer are tried first.
    for (int digits = 6; digits < 9; ++digits) {
        const QString text = QString::number(double(weight), 'g', digits);
        if (text.toFloat() == weight)
            return text;
    }
    return QString::number(double(weight), 'g', 9);
}

Inspector::Inspector(Session& session, QWidget* parent)
    : QScrollArea(parent)
    , m_session(session)
{
    setProperty("look", "panel");
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus);
    auto* content = new QWidget;
    content->setProperty("look", "panel");
    auto* layout = column(content, 6);
    layout->setContentsMargins(12, 2, 12, 12);
    m_title = valueLabel(content);
    useFont(*m_title, &Theme::title);
    m_title->setWordWrap(true);
    m_hint = mutedLabel({}, content);
    m_tokensTitle = sectionLabel({}, content);
    m_lookersTitle = sectionLabel({}, content);
    m_boxesTitle = sectionLabel(tr("Found objects"), content);
    m_headTitle = sectionLabel({}, content);
    m_cell = new FactList(content);
    m_chart = new KeyChart(content);
    m_lookers = new KeyChart(content);
    m_boxes = new BoxList(m_session, content);
    m_head = new FactList(content);
    const std::pair<QWidget*, int> parts[] = { { m_title, 0 }, { m_hint, 0 }, { m_cell, 0 },
        { m_boxesTitle, metrics::gap }, { m_boxes, 0 }, { m_tokensTitle, metrics::gap }, { m_chart, 0 },
        { m_lookersTitle, 0 }, { m_lookers, 0 }, { m_headTitle, metrics::gap }, { m_head, 0 } };
    for (const auto& [part, space] : parts) {
        layout->addSpacing(space);
        layout->addWidget(part);
    }
    layout->addStretch();
    setWidget(content);
    for (const auto signal : { &Session::resultChanged, &Session::selectionChanged, &Session::hoverChanged,
             &Session::displayChanged })
        connect(&session, signal, this, &Inspector::refreshWhenIdle);
    refresh();
}

/// Several signals of one event cause one refresh.
void Inspector::refreshWhenIdle()
{
    if (std::exchange(m_pending, true))
        return;
    QMetaObject::invokeMethod(this, &Inspector::refresh, Qt::QueuedConnection);
}

void Inspector::refresh()
{
    m_pending = false;
    const auto result = m_session.result();
    const Inspected about =
        result ? inspected(*result, m_session.selection(), m_session.hover()) : Inspected();
    emit titleChanged(about.hovering ? tr("Under the pointer") : tr("Selection"));
    m_boxes->refresh();
    m_boxesTitle->setVisible(result && !result->boxes.empty());
    m_reading.cancel();
    if (about.map.empty())
        return hideAll();
    const DisplaySettings& display = m_session.display();
    if (weightsRead(about, display) <= promptWeights)
        return showAll(*result, about, readings(about, display, mostBars));
    m_reading.start<Readings>(
        this, [result, about, display](const std::stop_token&) { return readings(about, display, mostBars); },
        [this, result, about](const Readings& read) { showAll(*result, about, read); });
}

void Inspector::showAll(const AnalysisResult& result, const Inspected& about, const Readings& read)
{
    showCell(about, read.numbers);
    showTokens(about, read.tokens);
    showLookers(about, read.lookers);
    showHead(result, about);
}

void Inspector::hideAll()
{
    for (QWidget* part : { static_cast<QWidget*>(m_title), static_cast<QWidget*>(m_cell),
             static_cast<QWidget*>(m_tokensTitle), static_cast<QWidget*>(m_chart),
             static_cast<QWidget*>(m_lookersTitle), static_cast<QWidget*>(m_lookers),
             static_cast<QWidget*>(m_headTitle), static_cast<QWidget*>(m_head) })
        part->hide();
    m_hint->setText(tr("Nothing to show yet."));
    m_hint->show();
}

void Inspector::showCell(const Inspected& about, const std::optional<CellNumbers>& numbers)
{
    const DisplaySettings& display = m_session.display();
    const auto queries = chosenQueries(about, display);
    const QString title = titleOf(about, display);
    m_title->setText(title);
    m_title->setAccessibleName(title);
    m_title->setVisible(!title.isEmpty());
    QStringList hint;
    if (title.isEmpty())
        hint << tr("Choose a token or a cell to read its numbers.");
    if (queries.size() > 1)
        hint << (display.joinWords ? tr("Weights are summed over %1 chosen words.")
                                   : tr("Weights are summed over %1 chosen tokens."))
                    .arg(queries.size());
    if (const QString joined = joinedText(queries, chosenKey(about, display)); !joined.isEmpty())
        hint << joined;
    m_hint->setText(hint.join(' '));
    m_hint->setVisible(!hint.isEmpty());
    const QList<FactList::Fact> ofRow = rowFacts(m_session.result().get(), about);
    m_cell->setVisible(numbers.has_value() || !ofRow.isEmpty());
    if (!numbers)
        return m_cell->setFacts(ofRow);
    QList<FactList::Fact> facts{ { tr("weight"), weightDigits(numbers->weight),
        exactDigits(numbers->weight) } };
    if (numbers->renormalised)
        facts.append({ tr("renormalised"), weightDigits(*numbers->renormalised),
            exactDigits(*numbers->renormalised) });
    if (numbers->score)
        facts.append({ tr("score q·k/√d"), QString::number(double(*numbers->score), 'g', 5),
            exactDigits(*numbers->score) });
    facts.append({ tr("rank in row"), tr("%1 of %2").arg(numbers->rank).arg(numbers->keys), {} });
    facts += ofRow;
    m_cell->setFacts(facts);
}

void Inspector::showTokens(const Inspected& about, const std::vector<TokenWeight>& tokens)
{
    const DisplaySettings& display = m_session.display();
    const bool crosses = !(about.rows == about.columns);
    const TokenDirection direction = crosses ? TokenDirection::LooksAt : display.direction;
    const auto bars = barsOf(tokens);
    m_chart->setBars(bars);
    m_chart->setVisible(!bars.isEmpty());
    m_tokensTitle->setVisible(!bars.isEmpty());
    if (bars.isEmpty())
        return;
    const auto queries = chosenQueries(about, display);
    const bool one = queries.size() == 1;
    const QString who = one ? tr("“%1”").arg(shortened(queries.front().name))
                            : (display.joinWords ? tr("%1 words") : tr("%1 tokens")).arg(queries.size());
    if (direction == TokenDirection::LookedAtBy)
        m_tokensTitle->setText(tr("Who looks at %1").arg(who));
    else
        m_tokensTitle->setText(one ? tr("Where %1 looks").arg(who) : tr("Where %1 look").arg(who));
}

/// Where queries and keys differ, the chosen key has its own list.
void Inspector::showLookers(const Inspected& about, const std::vector<TokenWeight>& tokens)
{
    const DisplaySettings& display = m_session.display();
    const auto key = chosenKey(about, display);
    const bool shown = key && !(about.rows == about.columns);
    const auto bars = shown ? barsOf(tokens) : QList<KeyChart::Bar>();
    m_lookers->setBars(bars);
    m_lookers->setVisible(!bars.isEmpty());
    m_lookersTitle->setVisible(!bars.isEmpty());
    if (shown)
        m_lookersTitle->setText(tr("Who looks at “%1”").arg(isolated(shortened(key->name))));
}

void Inspector::showHead(const AnalysisResult& result, const Inspected& about)
{
    const HeadProfile profile = profileOf(about.map);
    m_headTitle->setText(headName(result, about));
    const QString place =
        fromTo(about.rows.name(int(profile.largestQuery)), about.columns.name(int(profile.largestKey)));
    m_head->show();
    m_headTitle->show();
    QList<FactList::Fact> facts{
        { tr("entropy"), tr("%1 nats").arg(double(profile.entropy), 0, 'f', 2),
            exactDigits(profile.entropy) },
        { tr("mean distance"), tr("%1 tokens").arg(double(profile.distance), 0, 'f', 1),
            exactDigits(profile.distance) },
        { tr("largest weight"), weightDigits(profile.largest),
            tr("%1 at %2").arg(exactDigits(profile.largest), place) },
        { tr("weight on first token"), weightDigits(profile.firstMass), exactDigits(profile.firstMass) },
        { about.map.layer().sinks ? tr("rows and sink sum to 1 within") : tr("rows sum to 1 within"),
            QString::number(double(profile.rowSumError), 'g', 2), exactDigits(profile.rowSumError) },
    };
    if (const auto share = sinkShare(about.map))
        facts.append({ tr("weight on the sink"), shareText(*share), exactDigits(*share) });
    const LayerAttention& layer = about.map.layer();
    if (layer.queryGroup > 1 && about.map.heads().size() == 1) {
        const int first = about.map.heads().front() / layer.queryGroup * layer.queryGroup;
        facts.append({ tr("keys shared by"), tr("heads %1–%2").arg(first).arg(first + layer.queryGroup - 1),
            tr("Grouped queries: these heads have one key and value head") });
    }
    if (const QString mark = layerMark(result, layer); !mark.isEmpty())
        facts.append(
            { tr("layer"), mark, tr("Which keys its queries may see, and what else sets the layer apart") });
    if (layer.windows)
        facts.append({ tr("looks within"), tr("%1 windows").arg(layer.windows->tokens.size()),
            tr("Weights across windows are 0") });
    m_head->setFacts(facts);
}

QString Inspector::asText() const
{
    QStringList lines{ m_title->text() };
    for (const FactList* list : { m_cell, m_head }) {
        for (const FactList::Fact& fact : list->facts())
            lines << fact.name + '\t' + (fact.exact.isEmpty() ? fact.value : fact.exact);
    }
    return lines.join('\n');
}

} // namespace headlight::ui
