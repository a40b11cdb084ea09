// Implements view_header.h.

#include "ui/widgets/view_header.h"

#include "ui/style/colour_map.h"
#include "ui/style/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/head_chooser.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/site_chooser.h"

#include <QAction>
#include <QBoxLayout>
#include <QMenu>

namespace headlight::ui {
namespace {

/// A strip of the map's colours.
QIcon swatch(const ColourMap& map)
{
    QImage strip(32, 12, QImage::Format_RGB32);
    for (int x = 0; x < strip.width(); ++x) {
        for (int y = 0; y < strip.height(); ++y)
            strip.setPixel(x, y, map.at(float(x) / float(strip.width() - 1)));
    }
    return QIcon(QPixmap::fromImage(strip));
}

/// A little closer than elsewhere: six controls share a line of the smallest window.
constexpr int controlGap = 6;
/// Below this width the choosers leave out their names.
constexpr int roomyWidth = 830;
/// From this width on the site stands in the same row.
constexpr int oneRowWidth = 1150;

const char* const allTokens = "all";
const char* const hiddenTokens = "hidden";
const char* const renormalisedTokens = "renormalised";

} // namespace

ViewHeader::ViewHeader(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
{
    auto* settings = row(controlGap);
    m_line = row(controlGap);
    m_heads = new HeadChooser(session, this);
    m_rows = new QBoxLayout(QBoxLayout::TopToBottom, this);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(metrics::gap);
    m_rows->addWidget(new SiteChooser(session, this));
    m_rows->addLayout(m_line, 1);
    m_line->addWidget(m_heads, 0, Qt::AlignLeft);
    m_line->addLayout(settings, 1);
    settings->addStretch();
    addScale(settings);
    addNormalise(settings);
    addColours(settings);
    addTokens(settings);
    addWords();
    // The width decides how long the labels are, not the other way round.
    m_rows->setSizeConstraint(QLayout::SetNoConstraint);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    connect(&session, &Session::resultChanged, this, &ViewHeader::showResult);
    connect(&session, &Session::displayChanged, this, &ViewHeader::showDisplay);
    showResult();
    showDisplay();
}

void ViewHeader::resizeEvent(QResizeEvent* event)
{
    arrange();
    QWidget::resizeEvent(event);
}

bool ViewHeader::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest)
        arrange();
    return QWidget::event(event);
}

/// First the labels grow short, then the settings stand in a line of their own.
void ViewHeader::arrange()
{
    const double scale = currentTheme().typeScale;
    for (ChoiceButton* button : { m_scale, m_normalise })
        button->setShort(width() < roomyWidth * scale);
    m_rows->setDirection(width() < oneRowWidth * scale ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    int wanted = m_heads->sizeHint().width();
    for (const ChoiceButton* button : { m_scale, m_normalise, m_colours, m_tokens })
        wanted += button->sizeHint().width() + controlGap;
    m_line->setDirection(wanted > width() ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void ViewHeader::showResult()
{
    setEnabled(m_session.result() != nullptr);
}

template <typename Change> void ViewHeader::change(Change change)
{
    DisplaySettings display = m_session.display();
    change(display);
    m_session.setDisplay(display);
}

void ViewHeader::addScale(QLayout* layout)
{
    m_scale = new ChoiceButton(
        tr("Scale"), tr("Scale"), tr("How a weight becomes a place on the colour bar"), this);
    m_scale->addChoice(id(Scale::Linear), tr("linear"), tr("Twice the weight, twice as far"));
    m_scale->addChoice(id(Scale::SquareRoot), tr("square root"), tr("Lifts small weights"));
    m_scale->addChoice(id(Scale::Logarithmic), tr("logarithmic"),
        tr("Tells tiny weights apart, down to 1/10,000 of the top"));
    layout->addWidget(m_scale);
    connect(m_scale, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change(
            [&](DisplaySettings& display) { display.scale = scaleFromId(chosen).value_or(display.scale); });
    });
}

void ViewHeader::addNormalise(QLayout* layout)
{
    m_normalise = new ChoiceButton(
        tr("Normalise"), tr("Normalise"), tr("What the top of the colour bar stands for"), this);
    m_normalise->addChoice(id(Normalise::None), tr("to weight 1"), tr("The top is the weight 1"));
    m_normalise->addChoice(id(Normalise::Row), tr("per row"), tr("The top is each row's largest weight"));
    m_normalise->addChoice(id(Normalise::Head), tr("per head"), tr("The top is the head's largest weight"));
    m_normalise->addChoice(
        id(Normalise::Layer), tr("per layer"), tr("The top is the largest weight of all heads of the layer"));
    m_normalise->addChoice(
        id(Normalise::Model), tr("per model"), tr("The top is the largest weight of all layers and heads"));
    layout->addWidget(m_normalise);
    connect(m_normalise, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change([&](DisplaySettings& display) {
            display.normalise = normaliseFromId(chosen).value_or(display.normalise);
        });
    });
}

void ViewHeader::addColours(QLayout* layout)
{
    m_colours = new ChoiceButton({}, tr("Colours"), tr("The colour map"), this);
    for (const ColourMap& map : colourMaps())
        m_colours->addChoice(map.id, map.title, {}, swatch(map));
    layout->addWidget(m_colours);
    connect(m_colours, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change([&](DisplaySettings& display) { display.colourMap = chosen; });
    });
}

void ViewHeader::addTokens(QLayout* layout)
{
    m_tokens = new ChoiceButton(
        {}, tr("Tokens"), tr("Which tokens are shown: special ones or not, pieces or whole words"), this);
    m_tokens->addChoice(allTokens, tr("all tokens"), tr("Special tokens are shown"));
    m_tokens->addChoice(
        hiddenTokens, tr("no special"), tr("Special tokens are hidden; the weights stay as they are"));
    m_tokens->addChoice(renormalisedTokens, tr("no special, sum 1"),
        tr("Special tokens are hidden; what is left of each row is renormalised to sum to 1"));
    layout->addWidget(m_tokens);
    connect(m_tokens, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change([&](DisplaySettings& display) {
            display.hideSpecialTokens = chosen != QLatin1String(allTokens);
            display.renormaliseHidden = chosen == QLatin1String(renormalisedTokens);
        });
    });
}

/// In the same list: whether tokens are shown, and whether as words, are one question to a person.
void ViewHeader::addWords()
{
    m_tokens->addSeparator();
    m_words = m_tokens->menu()->addAction(tr("Join pieces into words"));
    m_words->setCheckable(true);
    m_words->setToolTip(
        tr("The pieces of a word are one row and column: as keys their weights are summed, as "
           "queries averaged, so that rows still sum to 1"));
    connect(m_words, &QAction::triggered, this,
        [this](bool join) { change([&](DisplaySettings& display) { display.joinWords = join; }); });
}

void ViewHeader::showDisplay()
{
    const DisplaySettings& display = m_session.display();
    m_scale->setCurrent(id(display.scale));
    m_normalise->setCurrent(id(display.normalise));
    m_colours->setCurrent(colourMap(display.colourMap).id);
    m_tokens->setCurrent(!display.hideSpecialTokens ? allTokens
            : display.renormaliseHidden             ? renormalisedTokens
                                                    : hiddenTokens);
    const bool words = display.joinWords;
    m_words->setChecked(words);
    m_tokens->setTitle(allTokens, words ? tr("all words") : tr("all tokens"));
    m_tokens->setTitle(hiddenTokens, words ? tr("words, no special") : tr("no special"));
    m_tokens->setTitle(renormalisedTokens, words ? tr("words, sum 1") : tr("no special, sum 1"));
}

} // namespace headlight::ui
