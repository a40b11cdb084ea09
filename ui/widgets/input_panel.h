#pragma once
// The left panel: the input, live tokens, examples, what the model predicts, a note on the model.

#include "ui/session/session.h"

#include <QScrollArea>

class QListView;
class QMimeData;
class QStringListModel;

namespace headlight::ui {

class ModelNote;
class PictureInputBox;
class PredictionPanel;
class SoundInputBox;
class TextInputBox;
class WritingBox;

class InputPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit InputPanel(Session& session, QWidget* parent = nullptr);
    void focusText();

signals:
    void openImageRequested();
    void openSoundRequested();
    void pasteRequested();
    void foreignPasted(const QMimeData* data);
    void cardRequested();

private:
    QWidget* makeExamples();
    void showModel();
    void showExamples();
    void showPictureBox();

    Session& m_session;
    TextInputBox* m_text;
    PictureInputBox* m_picture;
    SoundInputBox* m_sound;
    WritingBox* m_writing;
    QWidget* m_exampleBox;
    QListView* m_examples;
    QStringListModel* m_exampleTitles;
    PredictionPanel* m_prediction;
    ModelNote* m_note;
};

} // namespace headlight::ui
