// Implements error_bar.h.

#include "ui/widgets/error_bar.h"

#include "ui/style/icon.h"
#include "ui/widgets/labels.h"

#include <QAccessible>

namespace headlight::ui {

ErrorBar::ErrorBar(QWidget* parent)
    : QFrame(parent)
    , m_message(new QLabel(this))
    , m_cut(new QPushButton(tr("Cut the text to fit"), this))
    , m_locate(new QPushButton(tr("Locate…"), this))
{
    setProperty("look", "errorBar");
    setAccessibleName(tr("Error"));
    auto* sign = new QLabel(this);
    sign->setPixmap(
        icon(QStringLiteral("warning"), IconColour::Error).pixmap(QSize(16, 16), devicePixelRatioF()));
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_cut->setToolTip(tr("Run on as much of the text as the model can take"));
    m_cut->setAccessibleName(m_cut->text());
    m_locate->setObjectName("locate");
    m_locate->setToolTip(tr("Choose where the model is now; all else goes on from there"));
    m_locate->setAccessibleName(tr("Locate the model"));
    auto* close = iconButton(QStringLiteral("close"), tr("Close this message"), this);
    auto* layout = row(8);
    layout->setContentsMargins(10, 6, 6, 6);
    layout->addWidget(sign, 0, Qt::AlignVCenter);
    layout->addWidget(m_message, 1);
    layout->addWidget(m_cut);
    layout->addWidget(m_locate);
    layout->addWidget(close, 0, Qt::AlignTop);
    setLayout(layout);
    connect(m_cut, &QPushButton::clicked, this, &ErrorBar::cutRequested);
    connect(m_locate, &QPushButton::clicked, this, &ErrorBar::locateRequested);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    hide();
}

void ErrorBar::showMessage(const QString& message, Offer offer)
{
    m_message->setText(message);
    m_cut->setVisible(offer == Offer::Cut);
    m_locate->setVisible(offer == Offer::Locate);
    setAccessibleDescription(message);
    show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

QString ErrorBar::message() const
{
    return isHidden() ? QString() : m_message->text();
}

} // namespace headlight::ui
