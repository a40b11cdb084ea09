namespace headlight::ui {
}
