// Implements about.h.

#include "ui/about.h"

#include "ui/style/icon.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

namespace headlight::ui {
namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("About", source);
}

} // namespace

void showAbout(QWidget* parent)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(text("About Headlight"));
    auto* picture = new QLabel(dialog);
    picture->setPixmap(applicationIcon().pixmap(QSize(72, 72), dialog->devicePixelRatioF()));
    auto* name = valueLabel(dialog);
    useFont(*name, &Theme::title);
    name->setText(text("Headlight %1").arg(QCoreApplication::applicationVersion()));
    auto* words = new QLabel(dialog);
    words->setWordWrap(true);
    words->setMinimumWidth(380);
    words->setText(
        text("Shows what every head of a transformer looks at, with an engine of its own: "
             "nothing is sent anywhere, nothing needs the network.\n\n"
             "Free software under the GNU General Public License, version 3 or later. It comes without any "
             "warranty.\n\nBuilt with Qt %1, Eigen, oneDNN and ICU.")
            .arg(QString::fromLatin1(qVersion())));
    auto* close = new QPushButton(text("Close"), dialog);
    close->setAccessibleName(close->text());
    close->setToolTip(text("Close this window"));
    QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::accept);
    auto* grid = new QGridLayout(dialog);
    grid->setContentsMargins(20, 20, 20, 16);
    grid->setHorizontalSpacing(18);
    grid->addWidget(picture, 0, 0, 2, 1, Qt::AlignTop);
    grid->addWidget(name, 0, 1);
    grid->addWidget(words, 1, 1);
    grid->addWidget(close, 2, 1, Qt::AlignRight);
    dialog->open();
}

} // namespace headlight::ui
