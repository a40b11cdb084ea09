#include "core/models/model.h"

namespace headlight {

std::string_view displayName(Task task)
{
    switch (task) {
    case Task::Features:
        return "features";
    case Task::SequenceClassification:
        return "sequence classification";
    case Task::TokenClassification:
        return "token classification";
    case Task::CausalLanguage:
        return "next words";
    case Task::SequenceToSequence:
        return "text from text, sound or pictures";
    case Task::ObjectDetection:
        return "object detection";
    case Task::ImageTextMatching:
        return "pictures and texts that go together";
    case Task::Transcription:
        return "transcription";
    case Task::MaskedLanguage:
        return "masked words";
    case Task::QuestionAnswering:
        return "question answering";
    case Task::ImageClassification:
        return "image classification";
    }
    return "";
}

std::string_view displayName(InputKind kind)
{
    switch (kind) {
    case InputKind::Text:
        return "text";
    case InputKind::Image:
        return "a picture";
    case InputKind::ImageAndText:
        return "a picture and a text";
    case InputKind::Sound:
        return "a sound";
    }
    return "";
}

std::int64_t Model::parameterCount() const
{
    std::int64_t count = 0;
    for (const ParameterRef& parameter : m_parameters)
        count += parameter->value.count();
    return count;
}

} // namespace headlight
