#include "ui/views/display_choices.h"

#include "ui/style/colour_map.h"

#include <QActionGroup>
#include <QMenu>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("DisplayChoices", text);
}

/// A button over the values of one setting.
template <typename Value>
SettingButton* settingButton(Session& session, QWidget* parent, const QString& name,
    const std::vector<std::pair<Value, QString>>& values, Value (*read)(const DisplaySettings&),
    void (*write)(DisplaySettings&, const Value&))
{
    std::vector<SettingButton::Choice> choices;
    for (const auto& [value, text] : values)
        choices.push_back({ text, [&session, write, chosen = value] {
                               DisplaySettings display = session.display();
                               write(display, chosen);
                               session.setDisplay(display);
                           } });
    auto* button = new SettingButton(name, std::move(choices), parent);
    const auto show = [&session, button, values, read] {
        const auto found =
            std::ranges::find(values, read(session.display()), [](const auto& pair) { return pair.first; });
        if (found != values.end())
            button->setCurrent(int(found - values.begin()));
    };
    QObject::connect(&session, &Session::displayChanged, button, show);
    show();
    return button;
}

SettingButton* scaleButton(Session& session, QWidget* parent)
{
    return settingButton<Scale>(
        session, parent, tr("Scale"),
        { { Scale::Linear, tr("linear") }, { Scale::SquareRoot, tr("square root") },
            { Scale::Logarithmic, tr("logarithmic") } },
        [](const DisplaySettings& d) { return d.scale; },
        [](DisplaySettings& d, const Scale& value) { d.scale = value; });
}

SettingButton* normaliseButton(Session& session, QWidget* parent)
{
    return settingButton<Normalise>(
        session, parent, tr("Normalise"),
        { { Normalise::Row, tr("per row") }, { Normalise::Head, tr("per head") },
            { Normalise::Layer, tr("per layer") }, { Normalise::Model, tr("per model") },
            { Normalise::None, tr("not at all") } },
        [](const DisplaySettings& d) { return d.normalise; },
        [](DisplaySettings& d, const Normalise& value) { d.normalise = value; });
}

SettingButton* colourMapButton(Session& session, QWidget* parent)
{
    std::vector<std::pair<QString, QString>> values;
    for (const ColourMap& map : colourMaps())
        values.emplace_back(map.id, map.title);
    return settingButton<QString>(
        session, parent, tr("Colours"), values, [](const DisplaySettings& d) { return d.colourMap; },
        [](DisplaySettings& d, const QString& value) { d.colourMap = value; });
}

SettingButton* specialTokensButton(Session& session, QWidget* parent)
{
    return settingButton<int>(
        session, parent, tr("Special tokens"),
        { { 0, tr("shown") }, { 1, tr("hidden") }, { 2, tr("hidden, rows to 1") } },
        [](const DisplaySettings& d) { return d.hideSpecialTokens ? (d.renormaliseHidden ? 2 : 1) : 0; },
        [](DisplaySettings& d, const int& value) {
            d.hideSpecialTokens = value > 0;
            d.renormaliseHidden = value == 2;
        });
}

} // namespace

SettingButton::SettingButton(const QString& name, std::vector<Choice> choices, QWidget* parent)
    : QPushButton(parent)
    , m_name(name)
{
    setProperty("look", "chooser");
    setAccessibleName(name);
    auto* menu = new QMenu(this);
    auto* group = new QActionGroup(menu);
    for (Choice& choice : choices) {
        QAction* action = menu->addAction(choice.text);
        action->setCheckable(true);
        group->addAction(action);
        connect(action, &QAction::triggered, this, std::move(choice.choose));
        m_actions << action;
    }
    setMenu(menu);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
}

void SettingButton::setCurrent(int index)
{
    m_current = index;
    m_actions[index]->setChecked(true);
    showText();
}

void SettingButton::setShort(bool isShort)
{
    if (m_short != isShort) {
        m_short = isShort;
        showText();
    }
}

void SettingButton::showText()
{
    const QString choice = m_actions[m_current]->text();
    setText(m_short ? choice : QStringLiteral("%1: %2").arg(m_name, choice));
    setToolTip(QStringLiteral("%1: %2").arg(m_name, choice));
}

std::vector<SettingButton*> displayChoices(Session& session, DisplayChoices choices, QWidget* parent)
{
    std::vector<SettingButton*> buttons;
    if (choices & DisplayChoice::SpecialTokens)
        buttons.push_back(specialTokensButton(session, parent));
    if (choices & DisplayChoice::Scale)
        buttons.push_back(scaleButton(session, parent));
    if (choices & DisplayChoice::Normalise)
        buttons.push_back(normaliseButton(session, parent));
    if (choices & DisplayChoice::ColourMap)
        buttons.push_back(colourMapButton(session, parent));
    return buttons;
}

} // namespace headlight::ui
