// Implements picture_input_box.h.

#include "ui/widgets/picture_input_box.h"

#include "ui/session/pictures.h"
#include "ui/style/icon.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/picture.h"

namespace headlight::ui {

PictureInputBox::PictureInputBox(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_picture(new PictureThumb(this))
    , m_state(mutedLabel({}, this))
{
    auto* open = new QPushButton(tr("Open image…"), this);
    open->setToolTip(tr("Choose a PNG, JPEG or WebP file"));
    auto* paste = new QPushButton(tr("Paste"), this);
    paste->setToolTip(tr("Take the picture from the clipboard (Ctrl+V)"));
    auto* buttons = row(8);
    for (QPushButton* button : { open, paste }) {
        button->setAccessibleName(button->text());
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto* layout = column(this, 6);
    layout->addWidget(m_picture);
    layout->addWidget(m_state);
    layout->addLayout(buttons);
    m_state->hide();
    connect(open, &QPushButton::clicked, this, &PictureInputBox::openRequested);
    connect(paste, &QPushButton::clicked, this, &PictureInputBox::pasteRequested);
    connect(&session, &Session::inputChanged, this, &PictureInputBox::showInput);
    connect(&session, &Session::resultChanged, this, &PictureInputBox::showResult);
}

void PictureInputBox::showInput()
{
    if (const auto* input = std::get_if<ImageInput>(&m_session.input()))
        m_picture->setPicture(screenPicture(input->image).small);
}

void PictureInputBox::showResult()
{
    const auto& result = m_session.result();
    const auto* input = std::get_if<ImageInput>(&m_session.input());
    m_state->setVisible(result && result->patches && input);
    if (m_state->isHidden())
        return;
    QStringList state{ tr("%1 × %2").arg(input->image.width()).arg(input->image.height()),
        tr("%1 × %2 patches").arg(result->patches->columns()).arg(result->patches->rows()) };
    if (result->complete)
        state << tr("%1 ms").arg(result->milliseconds, 0, 'f', 1);
    m_state->setText(state.join(QStringLiteral("  ·  ")));
}

} // namespace headlight::ui
