// Implements input_panel.h.

#include "ui/widgets/input_panel.h"

#include "ui/style/theme.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/model_note.h"
#include "ui/widgets/picture_input_box.h"
#include "ui/widgets/prediction_panel.h"
#include "ui/widgets/sound_input_box.h"
#include "ui/widgets/text_input_box.h"
#include "ui/widgets/writing_box.h"

namespace headlight::ui {
namespace {

/// A list as tall as its rows, which never scrolls by itself: the panel does.
class FittingList : public QListView {
public:
    using QListView::QListView;
    QSize sizeHint() const override
    {
        const int rows = model() ? model()->rowCount() : 0;
        return { 120, rows * std::max(sizeHintForRow(0), 0) + 2 };
    }
    QSize minimumSizeHint() const override { return { 80, sizeHint().height() }; }
};

} // namespace

InputPanel::InputPanel(Session& session, QWidget* parent)
    : QScrollArea(parent)
    , m_session(session)
    , m_text(new TextInputBox(session))
    , m_picture(new PictureInputBox(session))
    , m_sound(new SoundInputBox(session))
    , m_writing(new WritingBox(session))
    , m_exampleBox(makeExamples())
    , m_prediction(new PredictionPanel)
    , m_note(new ModelNote)
{
    setProperty("look", "panel");
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus);
    auto* content = new QWidget;
    content->setProperty("look", "panel");
    auto* layout = column(content, metrics::wideGap);
    layout->setContentsMargins(12, 2, 12, 12);
    for (QWidget* part : { static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_picture),
             static_cast<QWidget*>(m_sound), static_cast<QWidget*>(m_writing), m_exampleBox,
             static_cast<QWidget*>(m_prediction), static_cast<QWidget*>(m_note) })
        layout->addWidget(part);
    layout->addStretch(1);
    setWidget(content);
    m_picture->hide();
    m_sound->hide();
    connect(m_text, &TextInputBox::foreignPasted, this, &InputPanel::foreignPasted);
    connect(m_text, &TextInputBox::openImageRequested, this, &InputPanel::openImageRequested);
    connect(m_picture, &PictureInputBox::openRequested, this, &InputPanel::openImageRequested);
    connect(m_sound, &SoundInputBox::openRequested, this, &InputPanel::openSoundRequested);
    connect(m_picture, &PictureInputBox::pasteRequested, this, &InputPanel::pasteRequested);
    connect(m_note, &ModelNote::cardRequested, this, &InputPanel::cardRequested);
    connect(&session, &Session::modelChanged, this, &InputPanel::showModel);
    connect(&session, &Session::inputChanged, this, &InputPanel::showExamples);
    connect(&session, &Session::resultChanged, this,
        [this] { m_prediction->setResult(m_session.result().get()); });
}

QWidget* InputPanel::makeExamples()
{
    auto* box = new QWidget;
    m_examples = new FittingList(box);
    m_exampleTitles = new QStringListModel(m_examples);
    m_examples->setModel(m_exampleTitles);
    m_examples->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_examples->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_examples->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_examples->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_examples->setAccessibleName(tr("Examples"));
    m_examples->setToolTip(tr("Something to try on this model"));
    auto* layout = column(box, 4);
    layout->addWidget(sectionLabel(tr("Examples"), box));
    layout->addWidget(m_examples);
    const auto open = [this](const QModelIndex& index) { m_session.openExample(std::size_t(index.row())); };
    connect(m_examples, &QListView::clicked, this, open);
    connect(m_examples, &QListView::activated, this, open);
    box->hide();
    return box;
}

void InputPanel::focusText()
{
    m_text->focusText();
}

void InputPanel::showModel()
{
    const auto& model = m_session.model();
    const InputKind kind = model->network->info().input;
    m_text->setVisible(kind == InputKind::Text || kind == InputKind::ImageAndText);
    showPictureBox();
    m_sound->setVisible(kind == InputKind::Sound);
    m_note->setModel(*model);
    QStringList titles;
    for (const Example& example : m_session.examples())
        titles << QString::fromStdString(example.title);
    m_exampleTitles->setStringList(titles);
    m_exampleBox->setVisible(!titles.isEmpty());
    m_examples->updateGeometry();
}

/// The pictures of a conversation stand in its turns.
void InputPanel::showPictureBox()
{
    const InputKind kind = m_session.model() ? m_session.model()->network->info().input : InputKind::Text;
    m_picture->setVisible(kind == InputKind::Image
        || (kind == InputKind::ImageAndText && !std::holds_alternative<TurnsInput>(m_session.input())));
}

void InputPanel::showExamples()
{
    showPictureBox();
    const auto example = m_session.example();
    const QModelIndex current = example ? m_exampleTitles->index(int(*example)) : QModelIndex();
    m_examples->selectionModel()->setCurrentIndex(current, QItemSelectionModel::ClearAndSelect);
}

} // namespace headlight::ui
