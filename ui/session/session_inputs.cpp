// What Session does with what a person drops, pastes, chooses in a dialog or names on the command line.

#include "core/engine/turns_input.h"
#include "ui/session/dropped.h"
#include "ui/session/engine_thread.h"
#include "ui/session/session.h"
#include "ui/session/session_state.h"

namespace headlight::ui {

void Session::openImage(const QString& path)
{
    openPaths({ path });
}

void Session::openPaths(const QStringList& paths)
{
    m_example.reset();
    readPaths(paths);
}

void Session::readPaths(const QStringList& paths)
{
    m_opening = true;
    setActivity({ true, 0, tr("Reading %1").arg(paths.join(QStringLiteral(", "))) });
    m_thread->request([paths](const JobControl& control) { return readDropped(paths, control); },
        [this](const Expected<Dropped>& dropped) {
            m_opening = false;
            settle();
            if (dropped)
                return pathsArrived(*dropped);
            const QString wanted = std::exchange(m_wanted, {});
            if (wanted.isEmpty() || dropped.error().kind == ErrorKind::Cancelled)
                return showFailure(dropped.error());
            open(wanted); // this request replaced the one that was opening it
            emit failed(QString::fromStdString(dropped.error().message), false);
        });
}

void Session::pathsArrived(const Dropped& dropped)
{
    if (dropped.attention) {
        m_attention = QString::fromStdString(dropped.source);
        m_wanted.clear();
        return resultArrived(dropped.attention);
    }
    if (!dropped.session.empty()) {
        m_wanted.clear();
        emit sessionOffered(QString::fromStdString(dropped.session));
        return;
    }
    const QString source = QString::fromStdString(dropped.source);
    if (dropped.image)
        m_kept.keepPicture(*dropped.image, source);
    if (dropped.text)
        m_kept.keepText(*dropped.text);
    if (dropped.sound)
        m_kept.keepSound(*dropped.sound, source);
    if (!dropped.model.empty() || !m_wanted.isEmpty()) { // this request replaced the one that was opening it
        openModel(dropped.model.empty() ? QString(m_wanted) : QString::fromStdString(dropped.model));
        m_textCame = dropped.text;
    } else if (takesDropped(dropped))
        runDropped(dropped);
    else if (dropped.sound)
        showFailure({ ErrorKind::BadInput,
            tr("This is a sound, and no model that hears is open. Open one (Whisper, wav2vec 2.0): the sound "
               "is kept "
               "for it.")
                .toStdString() });
    else
        openModel(QLatin1String(dropped.image ? firstImageModel : firstModel));
}

bool Session::takesDropped(const Dropped& dropped) const
{
    if (!m_model)
        return false;
    switch (m_model->network->info().input) {
    case InputKind::Text:
        return dropped.text.has_value();
    case InputKind::Image:
        return dropped.image.has_value();
    case InputKind::ImageAndText:
        return dropped.image || dropped.text;
    case InputKind::Sound:
        return dropped.sound.has_value();
    }
    return false;
}

/// A text for a model without a tokenizer is a list of ids, or an error.
void Session::runDropped(const Dropped& dropped)
{
    const auto turn = std::exchange(m_pictureTurn, std::nullopt);
    const auto* talk = std::get_if<TurnsInput>(&input());
    if (dropped.image && talk && takesTurns(*m_model)) {
        using Others = PicturePlace::Others;
        takeInput(withPicture(*talk, *dropped.image, { turn, m_example ? Others::Go : Others::Stay }));
    } else if (dropped.text && takesIds(*m_model))
        takeInput(TextInput{ *dropped.text, std::nullopt });
    else
        runOnModel();
}

void Session::runOnModel()
{
    const auto came = std::exchange(m_textCame, std::nullopt);
    if (came && takesIds(*m_model)) {
        m_result.reset();
        emit resultChanged();
        takeInput(TextInput{ *came, std::nullopt }); // shows its ids, or says that words cannot be read
    } else if (auto input = m_kept.fitting(*m_model)) {
        m_given = std::make_shared<AnalysisInput>(std::move(*input));
        emit inputChanged();
        runInput();
    } else if (!m_examples.empty()) {
        openExample(0);
    } else {
        m_result.reset();
        emit resultChanged();
        emit settled();
    }
}

void Session::openPicture(const Image& picture)
{
    if (picture.empty())
        return;
    m_example.reset();
    pathsArrived({ {}, picture, std::nullopt, std::nullopt });
}

void Session::openText(const QString& text)
{
    m_example.reset();
    pathsArrived({ {}, std::nullopt, text.toStdString(), std::nullopt });
}

void Session::openExample(std::size_t index)
{
    const Example& example = m_examples.at(index);
    m_example = index;
    if (!example.image.empty())
        return readPaths({ QString::fromStdString(example.image.string()) });
    const auto pair = example.textPair.empty() ? std::nullopt : std::optional(example.textPair);
    takeInput(TextInput{ example.text, pair });
}

} // namespace headlight::ui
