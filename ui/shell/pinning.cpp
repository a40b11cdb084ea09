// Implements pinning.h.

#include "ui/shell/pinning.h"

#include "core/engine/open_model.h"
#include "ui/export/export_figure.h"
#include "ui/session/inspection.h"
#include "ui/session/selection_words.h"
#include "ui/session/sites.h"
#include "ui/views/scene_text.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QUuid>

namespace headlight::ui {
namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(Pins)
public:
    static QString model(const OpenModel& model)
    {
        const ModelInfo& info = model.network->info();
        return tr("%1 (%2 layers × %3 heads, %4 parameters)")
            .arg(QString::fromStdString(model.name))
            .arg(info.layers)
            .arg(info.heads)
            .arg(QLocale::c().toString(qlonglong(model.parameterCount)).replace(u',', u' '));
    }

    static QString input(const SessionState& state)
    {
        if (!state.input)
            return {};
        const QString file = state.source.isEmpty() ? QString() : QFileInfo(state.source).fileName();
        if (const auto* text = std::get_if<TextInput>(state.input.get()))
            return QString::fromStdString(text->pair ? text->text + " — " + *text->pair : text->text);
        if (const auto* talk = std::get_if<TurnsInput>(state.input.get())) {
            QStringList turns;
            for (const ChatTurn& turn : talk->turns) {
                const QString shown = turn.pictures.empty() ? QString()
                    : turn.pictures.size() == 1             ? tr("[a picture] ")
                                                            : tr("[%1 pictures] ").arg(turn.pictures.size());
                turns << tr("%1: %2").arg(QString::fromStdString(turn.role),
                    shown + QString::fromStdString(turn.text).simplified());
            }
            return turns.join(tr(" — "));
        }
        if (const auto* ids = std::get_if<IdsInput>(state.input.get())) {
            QStringList numbers;
            for (const std::int64_t id : ids->ids)
                numbers << QString::number(id);
            return tr("token ids %1").arg(numbers.join(QStringLiteral(", ")));
        }
        if (const auto* image = std::get_if<ImageInput>(state.input.get())) {
            const QString text =
                image->text.empty() ? QString() : tr(" with “%1”").arg(QString::fromStdString(image->text));
            return tr("a picture of %1×%2 pixels%3%4")
                .arg(image->image.width())
                .arg(image->image.height())
                .arg(file.isEmpty() ? QString() : tr(" (%1)").arg(file), text);
        }
        if (const auto* sound = std::get_if<SoundInput>(state.input.get()))
            return tr("a sound of %1 s%2")
                .arg(sound->sound.seconds(), 0, 'f', 2)
                .arg(file.isEmpty() ? QString() : tr(" (%1)").arg(file));
        return {};
    }

    static QString title(const Scene& scene, const Inspected& about)
    {
        const QString head = headTitle(scene);
        if (about.queries.empty())
            return head;
        QStringList rows;
        for (const ChosenWord& query : chosenQueries(about, scene.display))
            rows << isolated(query.name);
        const QString from =
            rows.size() <= 3 ? rows.join(QStringLiteral(" + ")) : tr("%1 tokens").arg(rows.size());
        const auto key = chosenKey(about, scene.display);
        return key ? tr("%1: “%2” → “%3”").arg(head, from, isolated(key->name))
                   : tr("%1: “%2”").arg(head, from);
    }

    static std::vector<PinNumber> numbers(const Inspected& about, const DisplaySettings& display)
    {
        std::vector<PinNumber> list;
        if (const auto cell = cellNumbers(about, display)) {
            list.push_back({ weightName(about, display), double(cell->weight) });
            if (cell->score)
                list.push_back({ tr("score before softmax"), double(*cell->score) });
            if (cell->renormalised)
                list.push_back({ tr("without hidden tokens"), double(*cell->renormalised) });
            list.push_back({ tr("rank among %1 keys").arg(cell->keys), double(cell->rank) });
        } else {
            for (const TokenWeight& top : topTokens(about, display.direction, display, 5))
                list.push_back({ topName(about, display, top), double(top.weight) });
        }
        addProfile(list, about.map);
        return list;
    }

private:
    /// What was done to the weights of several rows, and of words of several tokens.
    static QString weightName(const Inspected& about, const DisplaySettings& display)
    {
        const std::vector<ChosenWord> queries = chosenQueries(about, display);
        if (queries.size() > 1)
            return tr("attention weights, summed");
        const bool piecesOfQuery = queries.front().pieces > 1,
                   piecesOfKey = chosenKey(about, display)->pieces > 1;
        return piecesOfQuery && piecesOfKey
            ? tr("attention weight, mean of the query's pieces, sum of the key's")
            : piecesOfQuery ? tr("attention weight, mean of the query's pieces")
            : piecesOfKey   ? tr("attention weight, sum of the key's pieces")
                            : tr("attention weight");
    }

    static QString topName(const Inspected& about, const DisplaySettings& display, const TokenWeight& top)
    {
        Inspected one = about;
        if (display.direction == TokenDirection::LooksAt) {
            one.key = top.token;
            return tr("weight on “%1”").arg(chosenKey(one, display)->name);
        }
        one.queries = { top.token };
        return tr("weight from “%1”").arg(chosenQueries(one, display).front().name);
    }

    static void addProfile(std::vector<PinNumber>& list, const AttentionMap& map)
    {
        const HeadProfile profile = profileOf(map);
        const bool one = map.heads().size() == 1;
        list.push_back({ one ? tr("entropy of the head in nats") : tr("mean entropy of the heads in nats"),
            double(profile.entropy) });
        list.push_back({ one ? tr("mean distance in tokens") : tr("mean distance of the heads in tokens"),
            double(profile.distance) });
        list.push_back({ one ? tr("largest weight of the head") : tr("largest weight of any of the heads"),
            double(profile.largest) });
    }
};

} // namespace

Pin pinOf(const Session& session, const Scene& scene)
{
    Pin pin;
    pin.id = QUuid::createUuid().toString(QUuid::WithoutBraces).left(8);
    pin.state = session.state();
    if (scene.result && scene.result->model)
        pin.model = Words::model(*scene.result->model);
    pin.input = Words::input(pin.state);
    if (!scene.result)
        return pin;
    const Inspected about = inspected(*scene.result, scene.selection, {});
    pin.title = Words::title(scene, about);
    if (!about.map.empty())
        pin.numbers = Words::numbers(about, scene.display);
    return pin;
}

QByteArray pinPicture(const ViewDescriptor& view, const Scene& scene)
{
    if (!scene.result || !view.available(*scene.result, scene.selection))
        return {};
    ExportOptions options;
    options.dpi = 2 * ExportOptions::screenDpi;
    options.size = 2 * pinSize;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const QImage image = figureImage(view, scene, options);
    return !image.isNull() && image.save(&buffer, "PNG") ? bytes : QByteArray();
}

} // namespace headlight::ui
