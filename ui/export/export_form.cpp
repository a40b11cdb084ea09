// Implements export_form.h.

#include "ui/export/export_form.h"

#include "ui/export/figure_size.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/labels.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

namespace headlight::ui {
namespace {

using Fit = ExportOptions::Fit;

constexpr const char *thisView = "view", *grid = "grid", *oneHead = "heatmap", *onePicture = "one",
                     *transparent = "transparent", *opaque = "opaque";
constexpr const char *natural = "natural", *asScreen = "screen", *own = "own";

} // namespace

ExportForm::ExportForm(QWidget* parent)
    : QWidget(parent)
    , m_form(new QFormLayout(this))
    , m_what(choice(tr("What"), tr("What is drawn")))
    , m_format(choice(tr("Format"), tr("The kind of file")))
    , m_pictures(choice(tr("Pictures"), tr("One picture, or one after another")))
    , m_size(choice(tr("Size"), tr("What the figure is for")))
    , m_theme(choice(tr("Theme"), tr("Colours of the file, whatever the window has")))
    , m_background(choice(tr("Background"), tr("What lies behind the figure")))
    , m_delay(number(tr("Delay"), tr("How long each picture stays"), tr(" ms")))
    , m_width(number(tr("Width in pixels"), tr("Width in pixels"), tr(" px")))
    , m_height(number(tr("Height in pixels"), tr("Height in pixels"), tr(" px")))
    , m_dpi(number(
          tr("Resolution"), tr("Pixels per inch: at 192 everything is twice as large as at 96"), tr(" dpi")))
    , m_loop(part(tr("again and again"), tr("The animation begins anew at its end")))
    , m_withTitle(part(tr("title"), tr("The line on top, with what is said of the head")))
    , m_withCaption(part(tr("caption"), tr("The line beneath: how weights became colours")))
    , m_withLegend(part(tr("legend"), tr("The colour bar, or which colour is which head")))
    , m_title(new QLineEdit(this))
{
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    addWhat();
    addFormat();
    addAnimation();
    addSize();
    addLook();
    addParts();
    for (ChoiceButton* button : { m_what, m_format, m_pictures, m_size, m_theme, m_background })
        connect(button, &ChoiceButton::chosen, this, [this] { formatChosen(); });
    showUsable();
}

ChoiceButton* ExportForm::choice(const QString& name, const QString& toolTip)
{
    return new ChoiceButton({}, name, toolTip, this);
}

QSpinBox* ExportForm::number(const QString& name, const QString& toolTip, const QString& unit)
{
    auto* box = new QSpinBox(this);
    box->setSuffix(unit);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setAccessibleName(name);
    box->setToolTip(toolTip);
    return box;
}

QCheckBox* ExportForm::part(const QString& name, const QString& toolTip)
{
    auto* box = new QCheckBox(name, this);
    box->setToolTip(toolTip);
    box->setAccessibleName(name);
    box->setChecked(true);
    connect(box, &QCheckBox::toggled, this, [this] {
        showUsable();
        emit changed();
    });
    return box;
}

void ExportForm::addWhat()
{
    m_what->addChoice(thisView, tr("this view"), tr("What is on the screen now"));
    m_what->addChoice(grid, tr("whole grid"), tr("Every layer and head of the site"));
    m_what->addChoice(oneHead, tr("chosen head"), tr("The chosen head as a heat map"));
    m_what->setCurrent(thisView);
    m_form->addRow(tr("What"), m_what);
}

void ExportForm::addFormat()
{
    m_format->addChoice(ending(ExportFormat::Png), tr("PNG picture"), tr("Pixels, for screens"));
    m_format->addChoice(
        ending(ExportFormat::Svg), tr("SVG drawing"), tr("Shapes and text, for editing and the web"));
    m_format->addChoice(ending(ExportFormat::Pdf), tr("PDF page"), tr("Shapes and text, for a paper"));
    m_format->addChoice(ending(ExportFormat::Gif), tr("GIF animation"), tr("Pictures one after another"));
    m_format->addSeparator();
    m_format->addChoice(ending(ExportFormat::Csv), tr("CSV table"), tr("The numbers, for a spreadsheet"));
    m_format->addChoice(ending(ExportFormat::Npz), tr("NPZ arrays"), tr("The numbers, for NumPy"));
    m_format->addChoice(
        ending(ExportFormat::Safetensors), tr("safetensors"), tr("The numbers, as models are stored"));
    m_format->addChoice(ending(ExportFormat::Json), tr("JSON"), tr("The numbers, for any program"));
    m_format->setCurrent(ending(ExportFormat::Png));
    m_form->addRow(tr("Format"), m_format);
}

void ExportForm::addAnimation()
{
    m_pictures->addChoice(onePicture, tr("one"));
    m_pictures->addSeparator();
    for (const AnimationKind kind : allAnimations)
        m_pictures->addChoice(id(kind), title(kind));
    m_pictures->setCurrent(onePicture);
    m_delay->setRange(Animation::leastDelay, Animation::mostDelay);
    m_delay->setValue(Animation().delay);
    m_delay->setSingleStep(50);
    connect(m_delay, &QSpinBox::valueChanged, this, &ExportForm::changed);
    auto* line = row(metrics::gap);
    line->addWidget(m_pictures);
    line->addWidget(m_delay);
    line->addWidget(m_loop);
    line->addStretch();
    m_form->addRow(tr("Pictures"), line);
}

void ExportForm::addSize()
{
    m_size->addChoice(natural, tr("as it needs"), tr("Everything can be read"));
    m_size->addChoice(asScreen, tr("as on the screen"), tr("The pixels of the view now"));
    m_size->addChoice(id(Fit::Column), tr("column, 85 mm"), tr("One column of a paper, at 300 dpi"));
    m_size->addChoice(id(Fit::Page), tr("page, 178 mm"), tr("Both columns of a paper, at 300 dpi"));
    m_size->addChoice(id(Fit::Slide), tr("slide, 1920 × 1080"), tr("A whole slide"));
    m_size->addChoice(own, tr("own size"), tr("Width and height typed here"));
    m_size->setCurrent(natural);
    for (QSpinBox* box : { m_width, m_height }) {
        box->setRange(0, ExportOptions::largestSide);
        box->setSingleStep(100);
        box->setSpecialValueText(tr("as needed"));
        connect(box, &QSpinBox::valueChanged, this, &ExportForm::sideTyped);
    }
    m_dpi->setRange(ExportOptions::leastDpi, ExportOptions::mostDpi);
    m_dpi->setValue(2 * ExportOptions::screenDpi);
    connect(m_dpi, &QSpinBox::valueChanged, this, &ExportForm::changed);
    auto* sides = row(metrics::gap);
    sides->addWidget(m_width);
    sides->addWidget(new QLabel(QStringLiteral("×"), this));
    sides->addWidget(m_height);
    sides->addWidget(m_dpi);
    sides->addStretch();
    m_form->addRow(tr("Size"), m_size);
    m_form->addRow(QString(), sides);
}

void ExportForm::addLook()
{
    m_theme->addChoice(id(ThemeKind::Light), tr("light"));
    m_theme->addChoice(id(ThemeKind::Dark), tr("dark"));
    m_theme->addChoice(id(ThemeKind::ContrastLight), tr("high contrast, light"));
    m_theme->addChoice(id(ThemeKind::ContrastDark), tr("high contrast, dark"));
    m_theme->setCurrent(id(ThemeKind::Light));
    m_background->addChoice(opaque, tr("background of the theme"));
    m_background->addChoice(transparent, tr("transparent"));
    m_background->setCurrent(opaque);
    auto* line = row(metrics::gap);
    line->addWidget(m_theme);
    line->addWidget(m_background);
    line->addStretch();
    m_form->addRow(tr("Colours"), line);
}

void ExportForm::addParts()
{
    m_title->setPlaceholderText(tr("layer and head"));
    m_title->setAccessibleName(tr("Title"));
    m_title->setToolTip(tr("Stands on top of the figure; layer and head when it is empty"));
    m_title->setMinimumWidth(280);
    m_title->setClearButtonEnabled(true);
    connect(m_title, &QLineEdit::textChanged, this, &ExportForm::changed);
    auto* line = row(metrics::gap);
    for (QCheckBox* box : { m_withTitle, m_withCaption, m_withLegend })
        line->addWidget(box);
    line->addStretch();
    m_form->addRow(tr("Around it"), line);
    m_form->addRow(tr("Title"), m_title);
}

void ExportForm::setSubject(const ExportSubject& subject)
{
    m_subject = subject;
    m_theme->setCurrent(id(subject.scene.theme));
    showWhat();
    formatChosen();
}

void ExportForm::showWhat()
{
    const QString current = m_subject.view ? m_subject.view->id : QString();
    m_what->setTitle(
        thisView, m_subject.view ? tr("this view: %1").arg(m_subject.view->title) : tr("this view"));
    for (const char* other : { grid, oneHead }) {
        const ViewDescriptor* view = viewById(QLatin1String(other));
        const bool possible = view && m_subject.scene.result
            && view->available(*m_subject.scene.result, m_subject.scene.selection);
        const QString reason = current == QLatin1String(other) ? tr("It is what the view shows.")
            : possible                                         ? QString()
                                                               : tr("This result has none.");
        m_what->setChoiceEnabled(QLatin1String(other), reason);
        if (!reason.isEmpty() && m_what->current() == QLatin1String(other))
            m_what->setCurrent(thisView);
    }
}

void ExportForm::showAnimations()
{
    const ViewDescriptor* shown = view();
    QString first;
    for (const AnimationKind kind : allAnimations) {
        const bool possible = shown && !framesOf(*shown, scene(), kind).empty();
        m_pictures->setChoiceEnabled(
            id(kind), possible ? QString() : tr("This view of this result has none."));
        if (possible && first.isEmpty())
            first = id(kind);
        if (!possible && m_pictures->current() == id(kind))
            m_pictures->setCurrent(onePicture);
    }
    // A GIF is never one picture.
    const bool gif = format() == ExportFormat::Gif;
    m_pictures->setChoiceEnabled(onePicture, gif ? tr("A GIF is an animation.") : QString());
    if (gif && m_pictures->current() == QLatin1String(onePicture) && !first.isEmpty())
        m_pictures->setCurrent(first);
}

void ExportForm::showSize()
{
    m_size->setChoiceEnabled(
        asScreen, m_subject.screen.isEmpty() ? tr("The view is not on the screen.") : QString());
    if (m_size->current() == QLatin1String(own))
        return;
    m_showing = true;
    const bool asOnScreen = m_size->current() == QLatin1String(asScreen);
    m_width->setValue(asOnScreen ? m_subject.screen.width() : 0);
    m_height->setValue(asOnScreen ? m_subject.screen.height() : 0);
    if (asOnScreen)
        m_dpi->setValue(m_subject.screenDpi);
    m_showing = false;
}

void ExportForm::sideTyped()
{
    if (m_showing)
        return;
    m_size->setCurrent(m_width->value() == 0 && m_height->value() == 0 ? natural : own);
    showUsable();
    emit changed();
}

void ExportForm::formatChosen()
{
    showAnimations();
    showSize();
    showUsable();
    emit changed();
}

void ExportForm::showUsable()
{
    const bool drawn = isDrawn(format()), fits = fitFromId(m_size->current()).has_value();
    for (QWidget* field :
        { static_cast<QWidget*>(m_size), static_cast<QWidget*>(m_theme), static_cast<QWidget*>(m_withTitle),
            static_cast<QWidget*>(m_withCaption), static_cast<QWidget*>(m_withLegend) })
        field->setEnabled(drawn);
    for (QWidget* field :
        { static_cast<QWidget*>(m_width), static_cast<QWidget*>(m_height), static_cast<QWidget*>(m_dpi) })
        field->setEnabled(drawn && !fits);
    const bool movable = format() == ExportFormat::Gif || format() == ExportFormat::Png;
    m_pictures->setEnabled(movable);
    m_delay->setEnabled(animation().has_value());
    m_loop->setEnabled(format() == ExportFormat::Gif);
    m_background->setEnabled(drawn && format() != ExportFormat::Gif);
    m_title->setEnabled(drawn && m_withTitle->isChecked());
}

ExportFormat ExportForm::format() const
{
    return formatOf(QStringLiteral("f.") + m_format->current()).value_or(ExportFormat::Png);
}

void ExportForm::setFormat(ExportFormat format)
{
    m_format->setCurrent(ending(format));
    formatChosen();
}

const ViewDescriptor* ExportForm::view() const
{
    return m_what->current() == QLatin1String(thisView) ? m_subject.view : viewById(m_what->current());
}

Scene ExportForm::scene() const
{
    Scene scene = m_subject.scene;
    if (m_what->current() != QLatin1String(thisView)) {
        scene.options.clear(); // they are those of another view
        scene.other = nullptr;
    }
    scene.theme = themeFromId(m_theme->current()).value_or(ThemeKind::Light);
    scene.title = m_title->text();
    scene.parts = { m_withTitle->isChecked(), m_withCaption->isChecked(), m_withLegend->isChecked() };
    return scene;
}

ExportOptions ExportForm::options() const
{
    ExportOptions options;
    if (m_width->value() > 0 && m_height->value() > 0)
        options.size = { m_width->value(), m_height->value() };
    options.dpi = m_dpi->value();
    options.transparent = m_background->current() == QLatin1String(transparent) && m_background->isEnabled();
    options.fit = fitFromId(m_size->current()).value_or(Fit::Own);
    options.input = m_subject.input;
    return options;
}

std::optional<Animation> ExportForm::animation() const
{
    const auto kind = animationFromId(m_pictures->current());
    const bool movable = format() == ExportFormat::Gif || format() == ExportFormat::Png;
    if (!kind || !movable)
        return std::nullopt;
    return Animation{ *kind, m_delay->value(), m_loop->isChecked() };
}

} // namespace headlight::ui
