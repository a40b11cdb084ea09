// Implements steps.h: a table of kinds, weightiest first.

#include "ui/session/steps.h"

#include "ui/session/sites.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace headlight::ui {
namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(History)
public:
    using Step = std::optional<StepDescription>;

    static Step attention(const SessionState& a, const SessionState& b, const StepContext&)
    {
        if (a.attention == b.attention || b.attention.isEmpty())
            return std::nullopt;
        return StepDescription{ tr("opening %1").arg(QFileInfo(b.attention).fileName()), {} };
    }

    static Step model(const SessionState& a, const SessionState& b, const StepContext&)
    {
        if (a.model == b.model)
            return std::nullopt;
        const QString shown = QFileInfo(b.model).isAbsolute() ? QFileInfo(b.model).fileName() : b.model;
        return StepDescription{ b.model.isEmpty() ? tr("closing the model") : tr("opening %1").arg(shown),
            {} };
    }

    static Step input(const SessionState& a, const SessionState& b, const StepContext&)
    {
        if (sameInput(a.input, b.input))
            return std::nullopt;
        if (!b.input)
            return StepDescription{ tr("the input"), {} };
        const bool picture = std::holds_alternative<ImageInput>(*b.input);
        const bool sound = std::holds_alternative<SoundInput>(*b.input);
        if (b.example && b.example != a.example)
            return StepDescription{ tr("the example"), {} };
        if (sound || (picture && !samePicture(a, b))) {
            const QString file = QFileInfo(b.source).fileName();
            return StepDescription{ !file.isEmpty() ? tr("opening %1").arg(file)
                    : sound                         ? tr("the sound")
                                                    : tr("the picture"),
                {} };
        }
        const auto* talk = std::get_if<TurnsInput>(b.input.get());
        return talk ? turns(a, *talk) : StepDescription{ tr("typing"), QStringLiteral("text") };
    }

    static Step target(const SessionState& a, const SessionState& b, const StepContext&)
    {
        if (a.target == b.target)
            return std::nullopt;
        return StepDescription{ tr("typing the decoder's text"), QStringLiteral("target") };
    }

    static Step written(const SessionState& a, const SessionState& b, const StepContext&)
    {
        return a.written == b.written ? std::nullopt : Step({ tr("writing"), {} });
    }

    static Step cut(const SessionState& a, const SessionState& b, const StepContext&)
    {
        return a.cutToFit == b.cutToFit ? std::nullopt : Step({ tr("cutting the text"), {} });
    }

    static Step generation(const SessionState& a, const SessionState& b, const StepContext&)
    {
        if (sameGeneration(a.generation, b.generation))
            return std::nullopt;
        return StepDescription{ tr("how it writes"), QStringLiteral("generation") };
    }

    static Step view(const SessionState& a, const SessionState& b, const StepContext& context)
    {
        if (a.view == b.view)
            return std::nullopt;
        const QString title = context.viewTitle ? context.viewTitle(b.view) : QString();
        return StepDescription{ tr("showing %1").arg(title.isEmpty() ? b.view : title), {} };
    }

    static Step display(const SessionState& a, const SessionState& b, const StepContext&)
    {
        const DisplaySettings &x = a.display, &y = b.display;
        const std::pair<bool, QString> changes[]{
            { x.colourMap != y.colourMap, tr("colours") },
            { x.normalise != y.normalise, tr("normalising") },
            { x.scale != y.scale, tr("the scale") },
            { x.hideSpecialTokens != y.hideSpecialTokens,
                y.hideSpecialTokens ? tr("hiding special tokens") : tr("showing special tokens") },
            { x.renormaliseHidden != y.renormaliseHidden, tr("renormalising") },
            { x.joinWords != y.joinWords, y.joinWords ? tr("joining words") : tr("splitting words") },
            { x.pooling != y.pooling, tr("pooling") },
            { x.direction != y.direction, tr("the direction") },
            { x.imageOverlay != y.imageOverlay, tr("the tint") },
            { x.smoothImage != y.smoothImage, tr("smoothing") },
        };
        QStringList names;
        for (const auto& [changed, name] : changes) {
            if (changed)
                names << name;
        }
        if (names.isEmpty())
            return std::nullopt; // what is shown of a written text is where it plays, not a setting
        const bool slider = names == QStringList{ tr("the tint") };
        return StepDescription{ names.size() == 1 ? names.front() : tr("display settings"),
            slider ? QStringLiteral("overlay") : QString() };
    }

    static Step options(const SessionState& a, const SessionState& b, const StepContext& context)
    {
        QStringList changed;
        bool continuous = true;
        const auto views = a.viewOptions.keys() + b.viewOptions.keys();
        for (const QString& view : QSet<QString>(views.begin(), views.end())) {
            const QVariantMap x = a.viewOptions.value(view), y = b.viewOptions.value(view);
            const auto keys = x.keys() + y.keys();
            for (const QString& key : QSet<QString>(keys.begin(), keys.end())) {
                if (x.value(key) == y.value(key))
                    continue;
                changed << view + u'/' + key;
                const int type = y.value(key).typeId();
                continuous &= type != QMetaType::Bool && type != QMetaType::QString;
            }
        }
        if (changed.isEmpty())
            return std::nullopt;
        const QString view = changed.front().section(u'/', 0, 0);
        const QString title = context.viewTitle ? context.viewTitle(view) : QString();
        return StepDescription{ tr("settings of %1").arg(title.isEmpty() ? view : title),
            changed.size() == 1 && continuous ? changed.front() : QString() };
    }

    static Step selection(const SessionState& a, const SessionState& b, const StepContext& context)
    {
        const Selection &x = a.selection, &y = b.selection;
        if (x == y)
            return std::nullopt;
        const QString subject = QStringLiteral("selection");
        if (x.site() != y.site() || x.heads != y.heads || x.join != y.join) {
            if (y.heads.size() != 1)
                return StepDescription{ tr("joining heads"), subject };
            return StepDescription{ tr("going to layer %1, head %2").arg(y.layer).arg(y.head()), subject };
        }
        if (y.queries.empty() && !y.key)
            return StepDescription{ tr("clearing the selection"), subject };
        const QString token = chosen(x, y, context.result);
        return StepDescription{ token.isEmpty() ? tr("choosing tokens") : tr("choosing “%1”").arg(token),
            subject };
    }

private:
    /// Typing in one turn after another is as many steps.
    static StepDescription turns(const SessionState& a, const TurnsInput& after)
    {
        const auto* before = a.input ? std::get_if<TurnsInput>(a.input.get()) : nullptr;
        if (!before)
            return { tr("writing a conversation"), {} };
        const auto &x = before->turns, &y = after.turns;
        if (x.size() != y.size())
            return { y.size() > x.size() ? tr("adding a turn") : tr("removing a turn"), {} };
        if (const std::size_t had = before->pictures.size(), has = after.pictures.size(); had != has)
            return { has > had ? tr("adding a picture") : tr("removing a picture"), {} };
        std::vector<std::size_t> differ;
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (x[i] != y[i])
                differ.push_back(i);
        }
        if (differ.size() != 1)
            return { differ.empty() ? tr("the picture") : tr("moving a turn"), {} };
        if (x[differ[0]].role != y[differ[0]].role)
            return { tr("who speaks"), {} };
        return { tr("typing"), QStringLiteral("turn %1").arg(differ[0]) };
    }

    static bool samePicture(const SessionState& a, const SessionState& b)
    {
        const auto* before = a.input ? std::get_if<ImageInput>(a.input.get()) : nullptr;
        const auto& after = std::get<ImageInput>(*b.input);
        return before && before->image.width() == after.image.width() && before->image == after.image;
    }

    /// The token that was added: a row before a column.
    static QString chosen(const Selection& before, const Selection& after, const AnalysisResult* result)
    {
        const auto layer = result ? layerOf(*result, after) : nullptr;
        if (!layer)
            return {};
        for (const int query : after.queries) {
            if (std::ranges::find(before.queries, query) == before.queries.end() && query < layer->queries)
                return TokenAxis::queries(*result, *layer).name(query);
        }
        if (after.key && after.key != before.key && *after.key < layer->keys)
            return TokenAxis::keys(*result, *layer).name(*after.key);
        return {};
    }
};

using Describe = Words::Step (*)(const SessionState&, const SessionState&, const StepContext&);

/// A new kind of difference stands here before what it brings with it.
constexpr Describe kinds[]{
    Words::attention,
    Words::model,
    Words::input,
    Words::target,
    Words::written,
    Words::cut,
    Words::generation,
    Words::view,
    Words::display,
    Words::options,
    Words::selection,
};

} // namespace

std::optional<StepDescription> describeStep(
    const SessionState& before, const SessionState& after, const StepContext& context)
{
    for (const Describe describe : kinds) {
        if (auto step = describe(before, after, context))
            return step;
    }
    return std::nullopt;
}

} // namespace headlight::ui
