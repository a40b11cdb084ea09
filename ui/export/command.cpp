// Implements command.h. `app/commands/render.cpp` declares the options that are written here.

#include "ui/export/command.h"

#include "core/engine/turns_input.h"
#include "ui/export/figure_size.h"
#include "ui/session/comparison.h"
#include "ui/session/sites.h"

#include <QFileInfo>
#include <QRectF>
#include <QRegularExpression>

namespace headlight::ui {
namespace {

QString joined(std::span<const int> numbers)
{
    QStringList texts;
    for (const int number : numbers)
        texts << QString::number(number);
    return texts.join(u',');
}

QString numberText(double number)
{
    return QString::number(number, 'g', 7);
}

QStringList generationArguments(const SessionState& state)
{
    if (state.written <= 0)
        return {};
    const GenerationOptions &how = state.generation, usual{};
    QStringList list{ QStringLiteral("--generate"), QString::number(state.written) };
    if (how.beams != usual.beams)
        list << QStringLiteral("--beams") << QString::number(how.beams);
    if (how.temperature > 0) {
        list << QStringLiteral("--temperature") << numberText(double(how.temperature));
        if (how.topK != usual.topK)
            list << QStringLiteral("--top-k") << QString::number(how.topK);
        if (how.topP != usual.topP)
            list << QStringLiteral("--top-p") << numberText(double(how.topP));
        list << QStringLiteral("--seed") << QString::number(how.seed);
    }
    return list;
}

QStringList givenArguments(const SessionState& state)
{
    const QString file = QFileInfo(state.source).fileName();
    if (const auto* text = std::get_if<TextInput>(state.input.get())) {
        QStringList list{ QStringLiteral("--text"), QString::fromStdString(text->text) };
        if (text->pair)
            list << QStringLiteral("--text-pair") << QString::fromStdString(*text->pair);
        return list;
    }
    if (const auto* talk = std::get_if<TurnsInput>(state.input.get())) {
        QStringList list{ QStringLiteral("--turns"), QString::fromStdString(turnsToJson(talk->turns)) };
        if (talk->reply == ChatTemplate::Reply::Begun)
            list << QStringLiteral("--reply");
        if (talk->pictures.size() > 1 || (talk->pictures.size() == 1 && file.isEmpty()))
            return {}; // of several the files are not known
        if (!talk->pictures.empty())
            list << QStringLiteral("--image") << file;
        return list;
    }
    if (const auto* ids = std::get_if<IdsInput>(state.input.get())) {
        const std::vector<int> numbers(ids->ids.begin(), ids->ids.end());
        return { QStringLiteral("--ids"), joined(numbers) };
    }
    if (const auto* picture = std::get_if<ImageInput>(state.input.get()); picture && !file.isEmpty()) {
        QStringList list{ QStringLiteral("--image"), file };
        if (!picture->text.empty())
            list << QStringLiteral("--text") << QString::fromStdString(picture->text);
        return list;
    }
    if (std::holds_alternative<SoundInput>(*state.input) && !file.isEmpty())
        return { QStringLiteral("--audio"), file };
    return {};
}

QStringList headArguments(const Scene& scene)
{
    const Selection& selection = scene.selection;
    const auto layer = layerOf(*scene.result, selection);
    const QString join = selection.join == HeadJoin::Mean ? QStringLiteral("mean") : QStringLiteral("max");
    if (layer && layer->heads > 1 && int(selection.heads.size()) == layer->heads)
        return { QStringLiteral("--head"), join };
    QStringList list{ QStringLiteral("--head"), joined(selection.heads) };
    if (selection.heads.size() > 1 && selection.join == HeadJoin::Max)
        list << QStringLiteral("--join") << join;
    return list;
}

QStringList placeArguments(const Scene& scene)
{
    const Selection& selection = scene.selection;
    QStringList list;
    if (sitesOf(*scene.result).size() > 1)
        list << QStringLiteral("--site") << id(SiteGroup::of(selection));
    list << QStringLiteral("--layer") << QString::number(selection.layer);
    list << headArguments(scene);
    const QString none = QStringLiteral("none");
    list << QStringLiteral("--query") << (selection.queries.empty() ? none : joined(selection.queries));
    if (selection.key)
        list << QStringLiteral("--key") << QString::number(*selection.key);
    return list;
}

QStringList displayArguments(const DisplaySettings& display)
{
    const DisplaySettings usual;
    QStringList list;
    const auto say = [&list](bool differs, const char* option, const QString& value) {
        if (differs)
            list << QLatin1String(option) << value;
    };
    say(display.colourMap != usual.colourMap, "--colormap", display.colourMap);
    say(display.scale != usual.scale, "--scale", id(display.scale));
    say(display.normalise != usual.normalise, "--normalise", id(display.normalise));
    say(display.hideSpecialTokens, "--special",
        display.renormaliseHidden ? QStringLiteral("renormalise") : QStringLiteral("hide"));
    if (display.joinWords)
        list << QStringLiteral("--join-words");
    say(display.pooling != usual.pooling, "--pooling", QStringLiteral("mean"));
    say(display.direction != usual.direction, "--direction", QStringLiteral("looked-at-by"));
    say(display.imageOverlay != usual.imageOverlay, "--overlay", numberText(display.imageOverlay));
    if (display.smoothImage)
        list << QStringLiteral("--smooth");
    say(display.written.has_value(), "--written", QString::number(display.written.value_or(0)));
    return list;
}

QStringList fileArguments(const Scene& scene, const ExportOptions& options)
{
    QStringList list{ QStringLiteral("--theme"), id(scene.theme) };
    if (!scene.title.isEmpty())
        list << QStringLiteral("--title") << scene.title;
    if (!scene.parts.title)
        list << QStringLiteral("--no-title");
    if (!scene.parts.caption)
        list << QStringLiteral("--no-caption");
    if (!scene.parts.legend)
        list << QStringLiteral("--no-legend");
    if (options.transparent)
        list << QStringLiteral("--transparent");
    if (options.fit != ExportOptions::Fit::Own)
        return list << QStringLiteral("--size") << id(options.fit);
    if (!options.size.isEmpty())
        list << QStringLiteral("--size")
             << QStringLiteral("%1x%2").arg(options.size.width()).arg(options.size.height());
    if (options.dpi != ExportOptions::screenDpi)
        list << QStringLiteral("--dpi") << QString::number(options.dpi);
    return list;
}

/// The other side of a comparison; none when it cannot be said.
std::optional<QStringList> againstArguments(const Scene& scene, const ExportOptions& options)
{
    const bool said = std::ranges::any_of(
        options.input, [](const QString& one) { return one.startsWith(QLatin1String("--against")); });
    if (!scene.other || said)
        return QStringList();
    Scene other = scene;
    other.result = scene.other->result;
    other.selection = scene.other->selection;
    if (other.result != scene.result || SiteGroup::of(other.selection) != SiteGroup::of(scene.selection))
        return std::nullopt;
    QStringList list = headArguments(other);
    list.replaceInStrings(QStringLiteral("--head"), QStringLiteral("--against-head"));
    return list << QStringLiteral("--against-layer") << QString::number(other.selection.layer);
}

} // namespace

QStringList inputArguments(const SessionState& state)
{
    if (state.model.isEmpty() || !state.input)
        return {};
    const QStringList given = givenArguments(state);
    if (given.isEmpty())
        return {};
    const QFileInfo model(state.model);
    QStringList list{ model.isAbsolute() ? model.fileName() : state.model };
    list << given;
    if (state.target)
        list << QStringLiteral("--target") << QString::fromStdString(*state.target);
    list << generationArguments(state);
    if (state.cutToFit)
        list << QStringLiteral("--cut");
    return list;
}

QString quotedForShell(const QString& argument)
{
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_.,:=/+@%-]+$"));
    if (plain.match(argument).hasMatch())
        return argument;
    return u'\'' + QString(argument).replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

QString optionText(const QVariant& value)
{
    if (value.typeId() == QMetaType::QRectF) {
        const QRectF rect = value.toRectF();
        return QStringList{ numberText(rect.x()), numberText(rect.y()), numberText(rect.width()),
            numberText(rect.height()) }
            .join(u',');
    }
    if (value.typeId() == QMetaType::QVariantList) {
        QStringList parts;
        for (const QVariant& part : value.toList())
            parts << optionText(part);
        return parts.join(u',');
    }
    if (value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Float)
        return numberText(value.toDouble());
    return value.toString();
}

QVariant optionValue(const QString& text)
{
    bool number = false;
    const double value = text.toDouble(&number);
    if (number)
        return value;
    const QStringList parts = text.split(u',');
    if (parts.size() != 4)
        return text;
    double sides[4];
    for (int i = 0; i < 4; ++i) {
        sides[i] = parts[i].toDouble(&number);
        if (!number)
            return text;
    }
    return QRectF(sides[0], sides[1], sides[2], sides[3]);
}

QString renderCommand(const ViewDescriptor& view, const Scene& scene, const ExportOptions& options)
{
    const auto against = againstArguments(scene, options);
    if (options.input.isEmpty() || !against || !scene.result)
        return {};
    QStringList all{ QStringLiteral("headlight"), QStringLiteral("render") };
    all << options.input << QStringLiteral("--view") << view.id << placeArguments(scene) << *against
        << displayArguments(scene.display);
    for (const QString& name : view.figure().optionNames()) {
        if (const QString text = optionText(scene.options.value(name)); !text.isEmpty())
            all << QStringLiteral("--option") << QStringLiteral("%1=%2").arg(name, text);
    }
    all << fileArguments(scene, options);
    for (QString& argument : all)
        argument = quotedForShell(argument);
    return all.join(u' ');
}

} // namespace headlight::ui
